import ArgumentParser
import FoundationEssentials
import KubernetesClient

/// The flags and the run of `backup list` and `restore list`.
struct ListOptionGroup: ParsableArguments {
    @Argument(help: "Names of the objects; all of them without any")
    var names: [String] = []

    @Flag(name: [.customShort("A"), .long], help: "List the objects of all namespaces")
    var allNamespaces = false

    @Option(name: [.customShort("l", allowingJoined: true), .long], help: "Label selector, as app=etcd,tier!=test")
    var selector: String?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print wide columns, JSON, YAML or names")
    var output: ListFormat?

    @OptionGroup var color: ColorOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if !names.isEmpty, allNamespaces {
            throw ValidationError("names are of one namespace; leave out -A or the names")
        }
        if !names.isEmpty, selector != nil { throw ValidationError("give names or a selector, not both") }
    }

    func run<Kind: Job>(_ kind: Kind.Type) async throws {
        let console = color.console
        let client = try connection.connect(console: console)
        let listing = try await ObjectListing<Kind>.fetch(
            client, names: names, allNamespaces: allNamespaces, selector: selector)
        try listing.print(as: output, on: console)
    }
}

extension ObjectListing {
    /// What was found on the output, what was not on the diagnostics. Throws the exit code 1 when anything was not.
    func print(as format: ListFormat?, on console: Console) throws {
        let text = rendered(as: format, now: .now, style: console.style(.output))
        if !text.isEmpty, failures.isEmpty || !objects.isEmpty { try console.print(text) }
        if objects.isEmpty, failures.isEmpty, format == nil || format == .wide { console.note(emptyNote) }
        for failure in failures { console.error("\(failure)".printable()) }
        if !failures.isEmpty { throw ExitStatus.failure.exitCode }
    }
}
