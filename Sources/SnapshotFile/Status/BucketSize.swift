/// What a bucket takes.
package struct BucketSize: Hashable, Sendable {
    package let name: String
    package let entries: Int
    /// Bytes of its keys and values.
    package let contentSize: Int
    /// Bytes of the pages of its tree; 0 when it is kept inside the root bucket's page.
    package let pagesSize: Int
}

/// One pass over all buckets in order: etcd's hash of a snapshot, and the buckets' sizes.
struct ContentScan {
    /// Of each bucket's name and then its keys and values; what `snapshot status` prints.
    private(set) var crc = CRC32C()
    private(set) var entries = 0
    private(set) var buckets: [BucketSize] = []

    /// etcd has ten.
    private static let mostBuckets = 1000

    /// Throws for the first thing that is not as bbolt writes it. With `residentLimit`, in bytes, not much more than that
    /// is mapped in memory at a time.
    init(_ database: Database, residentLimit: Int = .max) throws {
        var released = 0
        var names = Cursor(database, in: database.rootBucket)
        var cursor = Cursor(database, in: database.rootBucket)
        while let entry = try names.next() {
            let bucket = try Bucket(entry)
            guard buckets.count < Self.mostBuckets else {
                throw entry.unexpectedKey("at most \(Self.mostBuckets) buckets")
            }
            crc.update(bucket.name)
            let readBefore = cursor.bytesRead
            cursor.enter(bucket)
            var count = 0
            var size = 0
            while let entry = try cursor.next() {
                guard !entry.isBucket else {
                    throw entry.unexpectedKey("a plain value, as everywhere in etcd's buckets")
                }
                crc.update(entry.key)
                crc.update(entry.value)
                count += 1
                size += entry.key.count + entry.value.count
                if cursor.bytesRead - released > residentLimit {
                    database.file.releaseMemory()
                    released = cursor.bytesRead
                }
            }
            entries += count
            buckets.append(
                BucketSize(
                    name: bucket.name.text, entries: count, contentSize: size, pagesSize: cursor.bytesRead - readBefore)
            )
        }
        withExtendedLifetime(database) {}
    }
}
