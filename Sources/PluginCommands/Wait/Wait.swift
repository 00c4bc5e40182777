import ArgumentParser
import EtcdRecoverModel
import KubernetesClient

struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until a backup, restore or recovery is done.",
        usage: "kubectl etcdrecover wait backup/NAME|restore/NAME|recovery/NAME [--for <goal>] [--timeout <duration>]",
        discussion: """
            Ends with 0 when the goal is reached, 1 when it cannot be reached any more (the work failed, the object was \
            deleted), 124 on timeout, 130 on Ctrl-C. Phase changes are shown on stderr. Stopping to wait never stops the \
            work.
            """
    )

    @Argument(help: "What to wait for: backup/NAME, restore/NAME or recovery/NAME", transform: Self.target)
    var target: WaitTarget

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "A phase such as Completed, condition=TYPE[=STATUS], or delete; a phase that was passed counts",
            valueName: "goal"))
    var goal = "Completed"

    @Option(help: "How long to wait, as 30s or 2h; 0 looks once, a negative value waits for a week")
    var timeout = "1h"

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    static func target(_ text: String) throws -> WaitTarget {
        guard let target = WaitTarget(text) else {
            throw ValidationError("\"\(text)\" is none of backup/NAME, restore/NAME and recovery/NAME")
        }
        return target
    }

    func run() async throws {
        switch target.kind {
        case .backup: try await run(EtcdBackup.self)
        case .restore: try await run(EtcdRestore.self)
        case .recovery: try await run(EtcdRecovery.self)
        }
    }

    private func run<Kind: Job>(_ kind: Kind.Type) async throws {
        guard let goal = WaitGoal(goal, phases: Kind.phases) else {
            throw CommandFailure(
                "--for must be one of \(Kind.phases.joined(separator: ", ")), condition=TYPE[=STATUS] or delete, "
                    + "not \"\(goal)\"", status: .usage)
        }
        let limit = try waitLimit(timeout, flag: "--timeout")
        let console = color.console
        let client = try connection.connect(console: console)
        let wait = JobWait<Kind>(
            client: client, name: target.name, goal: goal, timeout: limit, flags: connection.repeated)
        let subject = "\(Kind.commandName)/\(target.name)"
        let ending = try await wait.run(reporting: ProgressLine(subject, on: console))
        let sentence = try ending.outcome(subject, goal: goal, timeout: limit, flags: wait.flags)
        try console.print(sentence.printable())
    }
}

/// A wait's limit; negative stands for a week, as in kubectl.
func waitLimit(_ text: String, flag: String) throws(CommandFailure) -> Duration {
    let limit = try duration(text, flag: flag)
    return limit < .zero ? .seconds(7 * 86400) : limit
}
