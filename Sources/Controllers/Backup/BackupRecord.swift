import EtcdRecoverModel

/// What is known of a snapshot that lies in the store. A field that was not measured is absent.
struct BackupRecord: Hashable, Sendable {
    /// `s3://bucket/key` or `gs://bucket/key`.
    var location: String
    /// Of the object, in bytes.
    var size: Int64
    var snapshot: EtcdBackup.Snapshot
    /// What retention did.
    var pruned = PruneReport()
}

/// What became of older snapshots.
struct PruneReport: Hashable, Sendable {
    var deleted: [String] = []
    /// Why some are still there; empty when all went that had to.
    var failures: [String] = []

    var news: [News] {
        var news: [News] = []
        if !deleted.isEmpty {
            news.append(News(reason: "SnapshotsPruned", message: "deleted \(deleted.joined(separator: ", "))"))
        }
        if !failures.isEmpty {
            news.append(
                News(
                    isWarning: true, reason: "RetentionIncomplete", message: failures.joined(separator: "; ")))
        }
        return news
    }
}
