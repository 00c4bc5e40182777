/// Changes to small buckets of a database, and a revision to add behind its last one, by copy on write.
struct DatabaseEdit {
    /// What must be written, in this order, to make the edit: pages behind the old high-water mark, then the meta.
    struct Outcome {
        let meta: Meta
        /// Whole pages, for the offset `firstPage` × page size.
        let pages: [UInt8]
        let firstPage: UInt64
        /// The beginning of a meta page, for the offset `metaPage` × page size.
        let metaBytes: [UInt8]
        let metaPage: UInt64
        /// For the other meta page, once that one is written: the same content one transaction earlier, as snapshots have
        /// it.
        let earlierMetaBytes: [UInt8]
        let earlierMetaPage: UInt64
    }

    /// The whole new content of a bucket, in key order, by its name. Buckets that are missing are made.
    var buckets: [String: [PageWriter.Item]] = [:]
    /// Added to the `key` bucket with an empty value; greater than every key in it.
    var revision: RevisionKey?

    /// Far above what etcd's ten buckets come to: their headers, and small ones whole.
    static let largestRoot = 16 << 20

    /// Works out the edit; writes nothing.
    func applied(to database: Database) throws -> Outcome {
        let (transaction, overflow) = database.meta.transaction.addingReportingOverflow(1)
        guard !overflow else {
            throw Finding(page: 0, expected: "a transaction that another can follow", found: "the last one")
        }
        var writer = PageWriter(pageSize: database.pageSize, start: database.meta.highWater)
        var entries = try Self.rootEntries(of: database)
        for (name, items) in buckets {
            let key = Array(name.utf8)
            let sequence = try database.bucket(name)?.sequence ?? 0
            entries[key] = PageWriter.Item(key, writer.bucket(items, sequence: sequence), isBucket: true)
        }
        if let revision {
            let key = Array("key".utf8)
            entries[key] = PageWriter.Item(key, try writer.append(revision, to: database), isBucket: true)
        }
        let root = writer.leaf(entries.values.sorted { $0.key.lexicographicallyPrecedes($1.key) })
        let meta = Meta(
            pageSize: database.pageSize, rootPage: root, rootSequence: database.meta.rootSequence,
            highWater: writer.highWater, transaction: transaction)
        let earlier = Meta(
            pageSize: database.pageSize, rootPage: root, rootSequence: database.meta.rootSequence,
            highWater: writer.highWater, transaction: transaction - 1)
        return Outcome(
            meta: meta, pages: writer.pages, firstPage: writer.start,
            metaBytes: PageWriter.meta(meta, page: transaction % 2), metaPage: transaction % 2,
            earlierMetaBytes: PageWriter.meta(earlier, page: (transaction - 1) % 2),
            earlierMetaPage: (transaction - 1) % 2)
    }

    private static func rootEntries(of database: Database) throws -> [[UInt8]: PageWriter.Item] {
        var entries: [[UInt8]: PageWriter.Item] = [:]
        for item in try items(of: database.rootBucket, in: database) { entries[item.key] = item }
        return entries
    }

    /// All of a small bucket. Throws when it is not small.
    static func items(of bucket: Bucket, in database: Database) throws -> [PageWriter.Item] {
        var items: [PageWriter.Item] = []
        var size = 0
        var cursor = Cursor(database, in: bucket)
        while let entry = try cursor.next() {
            size += entry.key.count + entry.value.count + Page.elementSize
            guard size <= largestRoot, items.count < PageWriter.mostElements - 1 else {
                throw Finding(
                    page: entry.page, offset: entry.offset,
                    expected: "at most \(largestRoot) bytes in the bucket \(printed(bucket.name))", found: "more")
            }
            items.append(PageWriter.Item(entry.key.array, entry.value.array, isBucket: entry.isBucket))
        }
        return items
    }
}
