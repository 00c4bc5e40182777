import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials

struct BackupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Take a backup now.",
        usage:
            "kubectl etcdrecover backup create [<name>] --cluster <cluster> --provider s3|gcs --bucket <bucket> [<options>]",
        discussion: """
            Creates an EtcdBackup. The rules of admission run here first, with your own access rights, and nothing is \
            sent when they refuse. The controller in the cluster takes the snapshot; --wait follows it to its end.

              kubectl etcdrecover backup create nightly --cluster main --wait \\
                --provider s3 --bucket backups
            """
    )

    @Argument(help: "Name of the EtcdBackup; CLUSTER-<time in UTC> without one")
    var name: String?

    @Option(help: "Name of the EtcdCluster to back up (the kubeconfig's cluster is --kube-cluster here)")
    var cluster: String

    @OptionGroup var destination: DestinationOptions

    @Option(help: "How long taking the snapshot may last, as 10m (the default)")
    var timeout: String?

    @Option(help: "Keep only the newest N snapshots of this cluster under the prefix; 0, the default, keeps all")
    var retain: Int32?

    @Option(help: "What becomes of the snapshot when the EtcdBackup is deleted: Retain, the default, keeps it")
    var deletionPolicy: DeletionPolicy?

    @OptionGroup var options: CreateOptions

    func validate() throws {
        if destination.isEmpty {
            throw ValidationError("--provider and --bucket are missing: where is the backup to go?")
        }
    }

    func run() async throws { try await options.create(backup(now: .now)) }

    func backup(now: Date) -> EtcdBackup {
        EtcdBackup(
            metadata: ObjectMeta(name: name ?? generatedName(for: cluster, at: now)),
            spec: .init(
                clusterRef: cluster, destination: destination.destination, snapshotTimeout: timeout,
                retention: retain.map { .init(retainCount: $0) },
                deletionPolicy: deletionPolicy.map { .init(rawValue: $0.rawValue) }))
    }

    enum DeletionPolicy: String, CaseIterable, ExpressibleByArgument, Sendable {
        case retain = "Retain"
        case delete = "Delete"
    }
}
