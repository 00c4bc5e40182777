package import CoreMetrics
import EtcdRecoverModel
import FoundationEssentials
import Synchronization

/// What backups count. All series but those of single clusters exist from the start, so that a rate over them is right from
/// the first event; a cluster's exists from its first success on, and there are at most `clusterLimit` of them.
package final class BackupMetrics: Sendable {
    static let clusterLimit = 1000

    private let factory: any MetricsFactory
    private let successes: Counter
    private let failures: [Failure.Reason: Counter]
    private let retries: Counter
    private let duration: CoreMetrics.Timer
    private let bytes: Counter
    private let pruned: [Bool: Counter]
    private let transfers: [String: Meter]
    private let queue: Meter
    private let clusters = Mutex<[ObjectName: Meter]>([:])

    package init(factory: any MetricsFactory) {
        self.factory = factory
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "etcdrecover_\(name)", dimensions: dimensions, factory: factory)
        }
        successes = counter("backups_total", [("result", "Completed"), ("reason", BackupConditions.uploaded)])
        failures = Dictionary(
            uniqueKeysWithValues: Failure.Reason.ofBackups.map {
                ($0, counter("backups_total", [("result", "Failed"), ("reason", $0.rawValue)]))
            })
        retries = counter("backup_retries_total")
        duration = CoreMetrics.Timer(label: "etcdrecover_backup_duration_seconds", dimensions: [], factory: factory)
        bytes = counter("backup_bytes_total")
        pruned = Dictionary(
            uniqueKeysWithValues: [(true, "deleted"), (false, "failed")].map {
                ($0.0, counter("retention_deletions_total", [("result", $0.1)]))
            })
        transfers = Dictionary(
            uniqueKeysWithValues: ["waiting", "running"].map {
                ($0, Meter(label: "etcdrecover_transfers", dimensions: [("state", $0)], factory: factory))
            })
        queue = Meter(label: "etcdrecover_queue_depth", dimensions: [], factory: factory)
    }

    func succeeded(_ backup: EtcdBackup, _ record: BackupRecord) {
        successes.increment()
        bytes.increment(by: record.size)
        pruned[true]?.increment(by: record.pruned.deleted.count)
        pruned[false]?.increment(by: record.pruned.failures.count)
        if let start = backup.status?.startTime?.date, let end = backup.status?.completionTime?.date {
            duration.recordSeconds(end.timeIntervalSince(start))
        }
        observe(backup)
    }

    func failed(_ reason: Failure.Reason) { failures[reason]?.increment() }
    func retried() { retries.increment() }

    func observe(waiting: Int, running: Int, queued: Int) {
        transfers["waiting"]?.set(Int64(waiting))
        transfers["running"]?.set(Int64(running))
        queue.set(Int64(queued))
    }

    /// The last success of its cluster, told from the object; to be called with the older of two first.
    func observe(_ backup: EtcdBackup) {
        guard backup.status?.phase == .completed, let end = backup.status?.completionTime?.date,
            let namespace = backup.metadata.namespace, let cluster = backup.spec?.clusterRef
        else { return }
        let name = ObjectName(namespace: namespace, name: cluster)
        let meter = clusters.withLock { clusters -> Meter? in
            if let known = clusters[name] { return known }
            guard clusters.count < Self.clusterLimit else { return nil }
            let made = Meter(
                label: "etcdrecover_backup_last_success_timestamp_seconds",
                dimensions: [("namespace", namespace), ("cluster", cluster)], factory: factory)
            clusters[name] = made
            return made
        }
        meter?.set(end.timeIntervalSince1970)
    }

    /// What each metric means, for expositions.
    package static let help = [
        "etcdrecover_backups_total": "EtcdBackups that ended.",
        "etcdrecover_backup_retries_total": "Attempts that failed and were followed by another.",
        "etcdrecover_backup_duration_seconds": "From a backup's start to its completion.",
        "etcdrecover_backup_bytes_total": "Bytes of the snapshots that were uploaded.",
        "etcdrecover_backup_last_success_timestamp_seconds": "When the last backup of the cluster completed.",
        "etcdrecover_retention_deletions_total": "Snapshots that retention deleted, or could not.",
        "etcdrecover_transfers": "Snapshots on their way, and those that wait for their turn.",
        "etcdrecover_queue_depth": "Objects that wait to be looked at.",
    ]
}
