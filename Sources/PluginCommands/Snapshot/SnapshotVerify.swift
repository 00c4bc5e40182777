import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check everything in a snapshot and list all that is wrong.",
        discussion: """
            Checks the SHA-256, that every page is reached once and holds what it should, the order of keys, counts, \
            revisions and leases, and names the page and the offset of what is not right. Ends with 1 when there is an \
            error. A warning is unusual, yet everything can be read.

            An object of a store is downloaded for it, into TMPDIR or /var/tmp, and is gone afterwards. To compare only the             SHA-256 of many, without disk, see "store verify".

              kubectl etcdrecover snapshot verify db.snapshot
              kubectl etcdrecover snapshot verify --strict db.snapshot -o json
            """
    )

    @OptionGroup var snapshot: SnapshotSourceArgument

    @Flag(help: "Fail on warnings too, and when the file has no SHA-256")
    var strict = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let report = try await report(console)
        if let output {
            try console.print(report.json.rendered(as: output))
        } else {
            let text = report.text(style: console.style(.output))
            try console.print(text + report.summary.printable())
        }
        if report.fails(strict: strict) { throw ExitStatus.failure.exitCode }
    }

    private func report(_ console: Console) async throws -> VerificationReport {
        // What is wrong with a damaged one is what is to be listed.
        let local = try await LocalSnapshot.of(
            snapshot.name, StoreConnection(store, connection, console: console),
            LocalSnapshot.Download(takesDamaged: true))
        do {
            let database = try Database(path: local.path)
            let verification = try await Verification(of: database, trailer: strict ? .required : .optional)
            return VerificationReport(file: local.name, findings: verification.findings, verification: verification)
        } catch let finding as SnapshotFile.Finding {
            // Not even the meta pages can be read.
            return VerificationReport(file: local.name, finding: finding)
        } catch let error as MappingError {
            throw CommandFailure(local.renamed(error.description))
        }
    }
}
