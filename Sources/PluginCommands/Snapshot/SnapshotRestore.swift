import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a snapshot into the data directory of a new member.",
        discussion: """
            Takes the flags of "etcdutl snapshot restore" and writes what etcd 3.4 to 3.7 start on. Run it once for each \
            member of the new cluster, with the same snapshot, --initial-cluster and token. The directory appears whole \
            or not at all, and one that is not empty is never touched.

              kubectl etcdrecover snapshot restore db.snapshot --data-dir /var/lib/etcd \\
                --name infra0 --initial-cluster infra0=https://10.0.0.10:2380,infra1=https://10.0.0.11:2380 \\
                --initial-advertise-peer-urls https://10.0.0.10:2380 --initial-cluster-token rescue-1
              kubectl etcdrecover snapshot restore db.snapshot --data-dir /var/lib/etcd \\
                --bump-revision 1000000000 --mark-compacted
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Snapshot, or a member's member/snap/db; or s3://BUCKET/KEY, gs://BUCKET/KEY, file:///PATH",
            valueName: "file"),
        completion: .file())
    var words: [String] = []

    @Option(help: ArgumentHelp("The same, as a flag", valueName: "file"), completion: .file())
    var from: String?

    @Option(help: "Name of this member")
    var name = "default"

    @Option(help: ArgumentHelp("All members of the new cluster, as NAME=URL,NAME=URL", valueName: "members"))
    var initialCluster = "default=http://localhost:2380"

    @Option(help: ArgumentHelp("Goes into the new ids: one that no other cluster had", valueName: "token"))
    var initialClusterToken = Membership.usualToken

    @Option(
        name: .customLong("initial-advertise-peer-urls"),
        help: ArgumentHelp("This member's peer URLs, separated by commas", valueName: "urls"))
    var peerURLs = "http://localhost:2380"

    @Option(help: "Data directory to write (default: NAME.etcd)", completion: .directory)
    var dataDir: String?

    @Option(help: "Directory for the WAL (default: member/wal in the data directory)", completion: .directory)
    var walDir: String?

    @Flag(help: "Take a file without its SHA-256, such as a copy of member/snap/db, or with a wrong one")
    var skipHashCheck = false

    @Option(help: "Raise the revision by this much; with --mark-compacted, watchers then see a clean break")
    var bumpRevision: Int64 = 0

    @Flag(help: "Mark all revisions up to the raised one as compacted")
    var markCompacted = false

    @Option(
        help: ArgumentHelp(
            "The etcd that will start, as 3.5: what a newer one recorded of itself is taken out", valueName: "version"))
    var targetVersion: String?

    @Flag(help: "Leave active alarms behind, such as NOSPACE, which would stop all writes")
    var disarmAlarms = false

    @Option(
        help:
            "The WAL that belongs to a copy of member/snap/db, to tell what the copy lacks (default: the one beside it)",
        completion: .directory)
    var sourceWalDir: String?

    @Flag(help: "Remove what killed restores to the same place have left")
    var removeLeftovers = false

    // etcdutl's; nothing is mapped for writing here.
    @Option(help: .hidden)
    var initialMemoryMapSize: Int?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup(title: "Object store") var store: StoreOptions
    @OptionGroup var color: ColorOptions
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    private var names: [String] { words + [from].compactMap(\.self) }

    func validate() throws {
        guard names.count == 1 else {
            throw ValidationError(
                names.isEmpty
                    ? "which snapshot? Give its FILE, or --from" : "give one snapshot, not \(names.count): \(names)")
        }
        try SnapshotArgument.refuseStandardInput(names[0])
        _ = try StorePlace(names[0])
        if (bumpRevision != 0) != markCompacted {
            throw ValidationError("--bump-revision and --mark-compacted go together; give both or neither")
        }
        if bumpRevision < 0 { throw ValidationError("--bump-revision must be more than 0, not \(bumpRevision)") }
        if let targetVersion, TargetVersion(targetVersion) == nil {
            throw ValidationError(
                "--target-version must be a version of etcd from 3.4 on, as 3.5, not \(targetVersion)")
        }
    }

    func run() async throws { try await run(on: color.console) }

    func run(on console: Console) async throws {
        var request = request
        let stores = StoreConnection(store, connection, console: console)
        let report = try await failing(in: request.snapshot) {
            // Before anything is downloaded.
            try request.checkPlace()
            // What is downloaded lies on the volume that has to have room anyway, under no name.
            let local = try await LocalSnapshot.of(
                request.snapshot, stores,
                LocalSnapshot.Download(
                    directory: request.roomyDirectory, room: 2, takesDamaged: request.skipsHashCheck))
            request.file = local.path
            let restored = try await interruptible { [request] in
                let progress = RestoreProgressLine(on: console)
                defer { progress.clear() }
                return try await Restore(request).run { progress.show($0) }
            }
            withExtendedLifetime(local) {}
            return RestoreReport(restored: restored, request: request)
        }
        for warning in report.restored.warnings { console.warning(warning.printable()) }
        try console.print(output.map { report.json.rendered(as: $0) } ?? report.text)
    }

    private func failing<Value>(in snapshot: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as RestoreError {
            throw CommandFailure("\(error)")
        } catch let error as MembershipError {
            throw CommandFailure("\(error)", status: .usage)
        } catch let error as MappingError {
            throw CommandFailure("\(error)")
        } catch let finding as SnapshotFile.Finding {
            throw CommandFailure(damagedAt: finding, in: snapshot)
        }
    }

    var request: RestoreRequest {
        var request = RestoreRequest(snapshot: names.first ?? "")
        request.name = name
        request.initialCluster = initialCluster
        request.token = initialClusterToken
        request.advertisedPeerURLs = peerURLs
        request.dataDirectory = dataDir
        request.walDirectory = walDir
        request.skipsHashCheck = skipHashCheck
        request.bumpRevision = bumpRevision
        request.marksCompacted = markCompacted
        request.targetVersion = targetVersion.flatMap(TargetVersion.init)
        request.disarmsAlarms = disarmAlarms
        request.removesLeftovers = removeLeftovers
        request.sourceWALDirectory = sourceWalDir
        return request
    }
}
