import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what a snapshot holds, and whether it is whole.",
        discussion: """
            Reads the whole file: the hash, revision and counts that etcdutl prints, and beyond them the SHA-256, live keys, \
            members, alarms and sizes. Ends with 1 when the SHA-256 does not match or the structure is broken.

            "total keys" is what etcd's own tool prints for this file: up to etcd 3.5 every entry, old versions included; \
            from 3.6 on the live keys.

            An object of a store is downloaded for it, into TMPDIR or /var/tmp, and is gone afterwards.

              kubectl etcdrecover snapshot status db.snapshot
              kubectl etcdrecover snapshot status s3://backups/prod/main.db
              kubectl etcdrecover snapshot status db.snapshot -o json
            """
    )

    @OptionGroup var snapshot: SnapshotSourceArgument

    @Flag(help: "Leave out the SHA-256, which takes longer than all else")
    var skipHashCheck = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        let local = try await LocalSnapshot.of(
            snapshot.name, StoreConnection(store, connection, console: console),
            LocalSnapshot.Download(takesDamaged: skipHashCheck))
        let database = try SnapshotArgument.open(local)
        let status: SnapshotStatus
        do {
            status = try await SnapshotStatus(of: database, sha256: !skipHashCheck)
        } catch let finding as SnapshotFile.Finding {
            throw CommandFailure(damagedAt: finding, in: local.name)
        }
        let report = StatusReport(file: local.name, status: status, trailer: database.trailer?.array)
        try console.print(output.map { report.json.rendered(as: $0) } ?? report.text(style: console.style(.output)))
        for warning in report.warnings { console.warning(warning.printable()) }
        if let failure = report.failure { throw failure }
    }
}
