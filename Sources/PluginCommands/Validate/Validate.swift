import ArgumentParser
import EtcdRecoverModel

extension ReportFormat: ExpressibleByArgument {}

struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check manifests of EtcdBackup, EtcdRestore and EtcdRecovery, without a cluster.",
        usage: "kubectl etcdrecover validate -f <file|directory|->... [<options>]",
        discussion: """
            Runs the rules that admission runs, and says the same. The manifests of one run see each other: a Secret, an \
            EtcdCluster or an EtcdBackup in any of the files resolves a reference to it. What no file has is reported \
            as unresolved, which is no failure.

            Ends with 0 when nothing is wrong, 1 when there are errors or files that are empty or cannot be read, 2 when \
            the command line makes no sense. The report goes to stdout, its summary to stderr.

              kubectl etcdrecover validate -f deploy/
              helm template . | kubectl etcdrecover validate -f - -o github
            """
    )

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("filename")],
        help: ArgumentHelp(
            "File, directory, or - for stdin; may be repeated. In a directory: its .yaml, .yml and .json files",
            valueName: "path"),
        completion: .file())
    var paths: [String] = []

    @Flag(
        name: [.customShort("R"), .long], inversion: .prefixedNo,
        help: "Look into subdirectories, hidden ones aside; unlike kubectl's, on by default")
    var recursive = true

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Form of the report")
    var output = ReportFormat.text

    @Flag(help: "Fail on warnings too, and when there is none of these kinds")
    var strict = false

    @Flag(help: "Accept endpoints on this machine and its network link, as the webhook's flag of that name does")
    var allowLocalEndpoints = false

    @OptionGroup var color: ColorOptions
    // Only the namespace is of use here: the one of manifests that name none.
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        if paths.isEmpty { throw ValidationError("nothing to check; give -f FILE, -f DIRECTORY or -f -") }
    }

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let manifests = Manifests(paths, recursive: recursive, namespace: connection.namespace ?? "default")
        let report = await Validation(manifests, allowLocalEndpoints: allowLocalEndpoints).report()
        let text = report.rendered(as: output, style: console.style(.output))
        if !text.isEmpty { try console.print(text) }
        if report.objects.isEmpty { console.warning("no EtcdBackup, EtcdRestore or EtcdRecovery found") }
        console.note(report.summary)
        let status = report.status(strict: strict)
        if status != .success { throw status.exitCode }
    }
}
