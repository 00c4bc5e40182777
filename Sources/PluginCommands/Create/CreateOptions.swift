import ArgumentParser

/// The flags that `backup create` and `restore create` share.
struct CreateOptions: ParsableArguments {
    @Option(help: "client prints what would be sent; server has it judged by the API server and stores nothing")
    var dryRun = DryRun.none

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print the object or its name")
    var output: ObjectFormat?

    @Flag(help: "Wait until the work is done; the exit code then tells how it ended")
    var wait = false

    @Option(help: "How long --wait waits, as 30s or 2h; a negative value waits for a week (default: 1h)")
    var waitTimeout: String?

    @Flag(help: "Accept endpoints on this machine and its network link, as the webhook's flag of that name does")
    var allowLocalEndpoints = false

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if wait, dryRun != .none { throw ValidationError("--wait needs an object: leave out --dry-run") }
        if waitTimeout != nil, !wait { throw ValidationError("--wait-timeout needs --wait") }
    }
}
