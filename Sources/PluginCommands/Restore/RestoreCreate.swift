import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials

struct RestoreCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Restore a snapshot into a new, empty EtcdCluster.",
        usage: """
            kubectl etcdrecover restore create [<name>] --target <cluster> --from-backup <backup> [<options>]
            kubectl etcdrecover restore create [<name>] --target <cluster> --version <version> --key <key> \
            --provider s3|gcs --bucket <bucket> [<options>]
            """,
        discussion: """
            Creates an EtcdRestore. The snapshot is an EtcdBackup's, or any object of a bucket. The target must not \
            exist, or be an empty shell: a restore never touches data that it did not write. The controller in \
            the cluster carries it out; --wait follows it, and ends well when a member answered from the restored data.

              kubectl etcdrecover restore create --from-backup nightly --wait \\
                --target main-restored --storage-size 10Gi
            """
    )

    @Argument(help: "Name of the EtcdRestore; TARGET-<time in UTC> without one")
    var name: String?

    @Option(help: "Name of the completed EtcdBackup to restore")
    var fromBackup: String?

    @Option(help: "Key of the snapshot in the bucket, relative to --prefix")
    var key: String?

    @OptionGroup var location: DestinationOptions

    @Flag(help: "Accept a snapshot without its trailing hash: a raw copy of member/snap/db")
    var skipHashCheck = false

    @Option(help: ArgumentHelp("Name of the EtcdCluster to create", valueName: "cluster"))
    var target: String

    @Option(help: "Members of the target, 1 to 9 (default: 1)")
    var size: Int64?

    @Option(name: .customLong("version"), help: "etcd version of the target (default: that of the backup's cluster)")
    var etcdVersion: String?

    @Option(help: "Size of each member's volume, as 10Gi")
    var storageSize: String?

    @Option(help: "Largest size of each member's volume")
    var storageLimit: String?

    @Option(help: "StorageClass of the members' volumes")
    var storageClass: String?

    @Option(help: "Existing PersistentVolumeClaim for the members' data")
    var pvc: String?

    @Option(help: "ReadWriteOnce (the default), or with --pvc ReadWriteMany")
    var accessMode: String?

    @Option(help: "Raise the revision by this much, so that clients that cached a higher one see a clean break")
    var revisionBump: Int64?

    @Option(help: "How long the restore may last, as 10m (the default)")
    var timeout: String?

    @OptionGroup var options: CreateOptions

    func validate() throws {
        switch (fromBackup != nil, location.isEmpty && key == nil) {
        case (true, false): throw ValidationError("--from-backup and a location exclude each other")
        case (false, true): throw ValidationError("give --from-backup, or --provider, --bucket and --key")
        case (false, false) where location.isEmpty: throw ValidationError("--key needs --provider and --bucket")
        case (false, false) where key == nil: throw ValidationError("--key is missing: which object of the bucket?")
        default: break
        }
    }

    func run() async throws { try await options.create(restore(now: .now)) }

    func restore(now: Date) -> EtcdRestore {
        let source = EtcdRestore.Source(
            backupRef: fromBackup.map(LocalReference.init),
            location: location.destination.map { .init(destination: $0, key: key) },
            skipHashCheck: skipHashCheck ? true : nil)
        return EtcdRestore(
            metadata: ObjectMeta(name: name ?? generatedName(for: target, at: now)),
            spec: .init(
                source: source,
                target: .init(
                    name: target, size: size, version: etcdVersion, storageSpec: storageSpec, revisionBump: revisionBump
                ),
                restoreTimeout: timeout))
    }

    private var storageSpec: StorageSpec? {
        let spec = StorageSpec(
            accessModes: accessMode, storageClassName: storageClass, pvcName: pvc,
            volumeSizeRequest: storageSize.map(Quantity.init), volumeSizeLimit: storageLimit.map(Quantity.init))
        return spec == StorageSpec() ? nil : spec
    }
}
