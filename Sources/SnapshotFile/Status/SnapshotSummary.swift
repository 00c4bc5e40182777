/// The four figures that etcd's tools print of a snapshot, at the cost of one pass and next to no memory.
package struct SnapshotSummary: Hashable, Sendable {
    /// CRC-32C of the content; printed in hexadecimal.
    package let hash: UInt32
    /// Of the newest change.
    package let revision: Int64
    /// As etcd's own tool counts them: entries of all buckets up to 3.5, live keys from 3.6 on, which records a storage
    /// version.
    package let totalKeys: Int
    /// Bytes of the database, without the trailer.
    package let totalSize: Int

    /// Bytes of the file that are mapped in memory at a time.
    private static let residentLimit = 4 << 20

    /// Throws a `Finding` for the first thing that keeps the file from being read.
    package init(of database: Database) throws {
        let scan = try ContentScan(database, residentLimit: Self.residentLimit)
        guard database.imageSize <= database.content.count else { throw Finding.shortened(database) }
        hash = scan.crc.value
        revision = try Keyspace(database).revision
        let countsEntries = try ClusterMetadata(database).storageVersion == nil
        totalKeys = countsEntries ? scan.entries : try LiveCount(in: Keyspace(database)).keys
        totalSize = database.imageSize
        withExtendedLifetime(database) {}
    }
}
