import EtcdRecoverModel
import FoundationEssentials
import ObjectStore

/// Where the snapshot of one EtcdBackup goes, told from its spec and its start alone: whoever takes the work up after a
/// crash finds what was done before.
struct BackupPlace: Hashable, Sendable {
    let namespace: String
    /// Of the EtcdCluster or StatefulSet.
    let cluster: String
    let destination: Destination
    let prefix: KeyPrefix
    /// Of all snapshots of the cluster.
    let folder: KeyPrefix
    let key: ObjectKey

    /// `namespace/name`, as the object's metadata record it.
    var owner: String { "\(namespace)/\(cluster)" }

    /// Throws `Failure` where the rules were not asked before, or the backup has not begun.
    init(_ backup: EtcdBackup) throws {
        guard let name = backup.metadata.name, let namespace = backup.metadata.namespace,
            let cluster = backup.spec?.clusterRef, let destination = backup.spec?.destination,
            let start = backup.status?.startTime?.date
        else {
            throw Failure(
                reason: .invalidSpec, message: "cluster, destination and startTime are needed", mayPass: false)
        }
        self.namespace = namespace
        self.cluster = cluster
        self.destination = destination
        prefix = try KeyPrefix(destination.prefix ?? "")
        folder = try KeyPrefix(prefix.text + cluster)
        key = try SnapshotName.key(prefix: prefix, cluster: cluster, backup: name, time: start)
    }
}
