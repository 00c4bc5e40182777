import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

struct RoundTripCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roundtrip",
        abstract: "Prove that a cluster's backups can be restored, by doing it.",
        usage: "kubectl etcdrecover roundtrip <cluster> --provider s3|gcs --bucket <bucket> [<options>]",
        discussion: """
            Takes a backup of the EtcdCluster, restores it into a scratch EtcdCluster of one member beside it, and compares \
            what the restored member answers with what was backed up: HashKV and the number of keys. Then the scratch \
            cluster, the snapshot and both records are deleted, by their UIDs; --keep leaves them to look around. Ends with \
            1 when anything differs, and leaves everything as it is then.

              kubectl etcdrecover roundtrip prod -n databases --provider s3 --bucket drills --secret s3-key
            """
    )

    @Argument(help: "Name of the EtcdCluster")
    var cluster: String

    @OptionGroup var destination: DestinationOptions

    @Option(help: "Name of the scratch EtcdCluster; CLUSTER-drill-<time> without one")
    var scratch: String?

    @Option(help: "etcd that is restored to, as v3.5.21; else the cluster's own version")
    var version: String?

    @Option(help: "How long each half may take, as 90s or 1h30m")
    var timeout = "10m"

    @Flag(help: "Leave everything there")
    var keep = false

    @Flag(help: "Let the store's endpoint be of this machine or link")
    var allowLocalEndpoints = false

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print JSON or YAML")
    var output: DataFormat?

    @OptionGroup var color: ColorOptions
    @OptionGroup(title: "Kubernetes") var connection: ConnectionOptions

    func validate() throws {
        if destination.isEmpty {
            throw ValidationError("--provider and --bucket are missing: where is the snapshot to go?")
        }
    }

    func run() async throws {
        let console = color.console
        let limit = try duration(timeout, flag: "--timeout")
        guard limit > .zero else { throw CommandFailure("--timeout must be more than 0", status: .usage) }
        let warnings = ShownWarnings(on: console)
        let client = try connection.connect(console: console, warnings: warnings)
        let drill = Drill(
            client: client, console: console, warnings: warnings, limit: limit,
            allowLocalEndpoints: allowLocalEndpoints,
            flags: connection.repeated)
        let name = generatedName(for: "\(cluster)-drill", at: .now)
        var backup = EtcdBackup(
            metadata: ObjectMeta(name: name, namespace: client.configuration.namespace),
            spec: .init(clusterRef: cluster, destination: destination.destination, snapshotTimeout: timeout))
        if !keep { backup.spec?.deletionPolicy = .delete }
        let restore = EtcdRestore(
            metadata: ObjectMeta(name: name, namespace: client.configuration.namespace),
            spec: .init(
                source: .init(backupRef: LocalReference(name: name)),
                target: .init(name: scratch ?? name, size: 1, version: version), restoreTimeout: timeout))
        let report = try await drill.run(backup, restore)
        try console.print(output.map { report.json.rendered(as: $0) } ?? report.text)
        guard report.isEqual else {
            throw CommandFailure(
                "the restored cluster is not what was backed up: \(report.differences.joined(separator: "; "))",
                hint: "nothing was deleted: look at EtcdCluster \(report.scratch) and EtcdBackup \(name)")
        }
        guard !keep else {
            return console.note("kept: EtcdCluster \(report.scratch), EtcdRestore \(name), EtcdBackup \(name)")
        }
        try await drill.clean(report)
    }
}
