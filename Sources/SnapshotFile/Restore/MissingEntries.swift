import Glibc

/// Entries in a member's log that a copy of its database had not got yet.
///
/// etcd writes its database some time after the log; a process that was killed leaves the difference, acknowledged
/// writes among it. Starting the member once brings them in.
package struct MissingEntries: Hashable, Sendable {
    package let walDirectory: String
    package let consistentIndex: UInt64
    package let lastIndex: UInt64
    /// Of the last entry that the member knew to be committed when it wrote to its log the last time.
    package let commitIndex: UInt64
    /// Whether the database is one of etcd 3.4, where entries that are no writes do not count: fewer may be missing.
    package let isOverstated: Bool

    /// At most so many.
    package var count: UInt64 { lastIndex - consistentIndex }
    /// Of them, those that were known to be committed: the member applies them when it is started, alone or not. The others
    /// it takes only from a majority.
    package var committedCount: UInt64 { commitIndex > consistentIndex ? commitIndex - consistentIndex : 0 }

    /// Compares a database with its log; nil when it lacks nothing. Throws when the log cannot be read.
    package init?(in metadata: ClusterMetadata, walDirectory: String) throws {
        self.init(in: metadata, log: try WALSummary(directory: walDirectory), walDirectory: walDirectory)
    }

    /// The same, with a log that was read.
    package init?(in metadata: ClusterMetadata, log: WALSummary, walDirectory: String) {
        let index = metadata.consistentIndex ?? 0
        let missing = log.entriesMissing(beyond: index)
        guard missing > 0 else { return nil }
        self.walDirectory = walDirectory
        consistentIndex = index
        lastIndex = index + missing
        commitIndex = log.hardState?.commit ?? 0
        isOverstated = metadata.term == nil
    }

    /// The log beside `member/snap/db`, where a raw copy still has it; nil for other files.
    package static func walDirectory(beside database: String) -> String? {
        guard let path = try? FilePath(resolving: database), path.name == "db",
            let folder = try? FilePath(resolving: path.parent), folder.name == "snap"
        else { return nil }
        let wal = folder.parent + "/wal"
        return Files.exists(wal) ? wal : nil
    }

    /// Nil for a snapshot that a member served: it has everything that member had applied.
    init?(of plan: RestorePlan) throws {
        let request = plan.request
        guard request.comparesLog else { return nil }
        let beside = plan.source.trailer == nil ? Self.walDirectory(beside: request.snapshot) : nil
        guard let directory = request.sourceWALDirectory ?? beside else { return nil }
        try self.init(in: plan.metadata, walDirectory: directory)
    }
}

extension MissingEntries: CustomStringConvertible {
    package var description: String {
        "the log in \(walDirectory) goes on to entry \(lastIndex), the database stops at \(consistentIndex): "
            + "up to \(count) entries are missing, acknowledged writes may be among them"
            + (isOverstated ? " (fewer with etcd 3.4, which does not count entries that are not writes)" : "")
            + ". Start that member once and take a snapshot to have them"
    }
}
