package import Cryptography

/// What a snapshot or a member's database holds, in numbers.
package struct SnapshotStatus: Hashable, Sendable {
    /// CRC-32C of the content, the same for every layout of pages; printed by etcd's tools in hexadecimal.
    package let hash: UInt32
    /// Of the newest change.
    package let revision: Int64
    /// Entries of all buckets, versions of keys among them: the "total keys" of etcd up to 3.5.
    package let totalKeys: Int
    /// Keys that exist at `revision`: the "total keys" of etcd from 3.6 on.
    package var liveKeys: Int { live.keys }
    /// Bytes of the database: up to its high-water mark, without the trailer.
    package let totalSize: Int
    package let live: LiveCount
    /// Nil when it was not asked for.
    package let trailer: TrailerCheck?
    package let hasTrailer: Bool
    package let pageSize: Int
    package let fileSize: Int
    /// In name order.
    package let buckets: [BucketSize]
    package let leases: Int
    package let metadata: ClusterMetadata

    package var sha256: Digest? { trailer?.sha256 }
    /// Whether the trailer is the SHA-256 of what is before it; nil when that was not asked for or there is none.
    package var hashOK: Bool? { trailer?.isRight }
    package var compactRevision: Int64? { metadata.compaction.revision < 0 ? nil : metadata.compaction.revision }
    package var storageVersion: String? { metadata.storageVersion }

    /// Reads the whole file, on two cores. Throws a `Finding` for the first thing that keeps it from being read; `Verification`
    /// has them all.
    /// - Parameter sha256: also computes the SHA-256, which takes longer than everything else.
    package init(of database: Database, sha256: Bool = true) async throws {
        // Before anything else, since every other finding would come of it.
        guard database.imageSize <= database.content.count else { throw Finding.shortened(database) }
        async let trailer = sha256 ? TrailerCheck(database) : nil
        async let live = LiveCount(in: Keyspace(database))
        let scan = try ContentScan(database)
        metadata = try ClusterMetadata(database)
        revision = try Keyspace(database).revision
        hash = scan.crc.value
        totalKeys = scan.entries
        totalSize = database.imageSize
        hasTrailer = database.trailer != nil
        pageSize = database.pageSize
        fileSize = database.file.bytes.count
        buckets = scan.buckets
        leases = scan.buckets.first { $0.name == "lease" }?.entries ?? 0
        self.live = try await live
        self.trailer = try await trailer
        withExtendedLifetime(database) {}
    }
}

extension Finding {
    /// The file ends before its high-water mark.
    static func shortened(_ database: Database) -> Finding {
        Finding(
            offset: database.content.count,
            expected: "\(database.meta.highWater) pages of \(database.pageSize) bytes, as the meta page says",
            found: "the end of the file: it was cut off")
    }
}
