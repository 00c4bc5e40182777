/// The keys that exist at a revision, in key order, each with its newest version.
///
/// Reads the bucket once for every batch of keys, the smallest first. A batch is a list of places in the mapped file:
/// when it is full, its larger half is left for the next one. So memory stays the same whatever the file.
/// What it gives can be read while the database's file is mapped.
package struct LiveKeys {
    package struct Element: Sendable {
        package let entry: Entry
        package let revision: RevisionKey
        package let keyValue: KeyValue
    }

    private let keyspace: Keyspace
    private let revision: Int64
    private var batch: KeyBatch
    /// The next of the batch to give.
    private var position = 0
    /// The keys not yet read; nil when there are none.
    private var rest: KeySpan?

    /// - Parameters:
    ///   - revision: nil for the newest.
    ///   - batchSize: entries of 24 bytes sorted at once; sorting takes half as much again.
    package init(
        _ keyspace: Keyspace, at revision: Int64? = nil, in span: KeySpan = .all, batchSize: Int = 1 << 20
    ) throws(RevisionError) {
        self.keyspace = keyspace
        self.revision = try keyspace.resolve(revision)
        batch = KeyBatch(capacity: batchSize)
        rest = span
    }

    /// The next one; nil at the end.
    package mutating func next() throws(Finding) -> Element? {
        while true {
            while position < batch.count {
                let entry = try keyspace.database.entry(at: batch.offset(position))
                position += 1
                let revision = try RevisionKey(of: entry)
                guard !revision.isTombstone else { continue }
                return Element(entry: entry, revision: revision, keyValue: try KeyValue(of: entry))
            }
            guard let span = rest else { return nil }
            try read(span)
        }
    }

    private mutating func read(_ whole: KeySpan) throws(Finding) {
        batch.removeAll()
        position = 0
        var span = whole
        rest = nil
        var cursor = keyspace.cursor()
        while let entry = try cursor.next() {
            guard try RevisionKey(of: entry).main <= revision else { break }
            let key = try KeyValue.key(of: entry)
            guard span.contains(key) else { continue }
            batch.append(entry.offset)
            guard batch.isFull, let first = try batch.shrink(in: keyspace.database) else { continue }
            span = KeySpan(from: whole.start, to: first)
            rest = KeySpan(from: first, to: whole.end)
        }
        try batch.sort(in: keyspace.database)
    }
}
