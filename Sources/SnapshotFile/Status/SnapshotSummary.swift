/// The four figures that etcd's tools print of a snapshot, at the cost of one pass and next to no memory.
package struct SnapshotSummary: Hashable, Sendable {
    /// CRC-32C of the content; printed in hexadecimal.
    package let hash: UInt32
    /// Of the newest change.
    package let revision: Int64
    /// Entries of all buckets: the "total keys" of etcd up to 3.5.
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
        totalKeys = scan.entries
        totalSize = database.imageSize
        withExtendedLifetime(database) {}
    }
}
