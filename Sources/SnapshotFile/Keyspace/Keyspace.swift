/// The `key` bucket: every version of every user key since the last compaction, oldest first.
package struct Keyspace: Sendable {
    package let database: Database
    package let bucket: Bucket
    /// Of the newest entry, 0 when there is none: what `snapshot status` calls the revision.
    package let revision: Int64
    package let compaction: Compaction

    /// Throws when the database has no such bucket, as none of etcd's is.
    package init(_ database: Database) throws(Finding) {
        guard let bucket = try database.bucket("key") else {
            throw Finding(
                page: database.meta.rootPage, expected: "a bucket named \"key\", as in every database of etcd",
                found: "none")
        }
        self.database = database
        self.bucket = bucket
        compaction = try Compaction(database)
        guard let last = try database.lastEntry(of: bucket) else {
            revision = 0
            return
        }
        revision = try RevisionKey(of: last).main
    }

    /// The revision a question about `requested` is about; the newest for nil. Throws for one that is not in the file,
    /// or not in whole.
    package func resolve(_ requested: Int64?) throws(RevisionError) -> Int64 {
        guard let requested else { return revision }
        guard requested <= revision else { throw .future(requested, newest: revision) }
        guard requested >= compaction.revision else { throw .compacted(requested, compaction: compaction.revision) }
        return requested
    }

    /// A cursor over all of it.
    package func cursor() -> Cursor { Cursor(database, in: bucket) }
}

/// A revision that a file cannot answer for.
package enum RevisionError: Error, Equatable, CustomStringConvertible {
    case compacted(Int64, compaction: Int64)
    case future(Int64, newest: Int64)

    package var description: String {
        switch self {
        case .compacted(let revision, let compaction):
            "revision \(revision) has been compacted; the oldest one in the file is \(compaction)"
        case .future(let revision, let newest):
            "revision \(revision) is not in the file; the newest one is \(newest)"
        }
    }
}

/// How far the history was compacted. A compaction is first noted as scheduled, and once all is deleted as finished.
package struct Compaction: Hashable, Sendable {
    /// Nil: never.
    package let scheduled: Int64?
    package let finished: Int64?

    /// Older revisions are gone or incomplete; -1 without a compaction, as etcd has it.
    package var revision: Int64 { max(scheduled ?? -1, finished ?? -1) }

    init(_ database: Database) throws(Finding) {
        scheduled = try Self.mark("scheduledCompactRev", database)
        finished = try Self.mark("finishedCompactRev", database)
    }

    private static func mark(_ key: String, _ database: Database) throws(Finding) -> Int64? {
        guard let entry = try database.entry(of: key, in: "meta") else { return nil }
        guard let revision = RevisionKey(entry.value), entry.value.count == 17 else {
            throw Finding(
                page: entry.page, offset: entry.offset, expected: "a revision of 17 bytes as \(key)",
                found: printed(entry.value))
        }
        return revision.main
    }
}

extension RevisionKey {
    /// The revision that an entry of the `key` bucket is about.
    @inline(__always)
    package init(of entry: Entry) throws(Finding) {
        guard let revision = RevisionKey(entry.key), !entry.isBucket else { throw Self.malformed(entry) }
        self = revision
    }

    @inline(never)
    private static func malformed(_ entry: Entry) -> Finding {
        Finding(
            page: entry.page, offset: entry.offset, expected: "a revision of 17 or 18 bytes as key",
            found: entry.isBucket ? "a bucket" : printed(entry.key))
    }
}

extension KeyValue {
    /// The message of an entry of the `key` bucket.
    @inline(__always)
    package init(of entry: Entry) throws(Finding) {
        guard let message = KeyValue(entry.value) else { throw Self.malformed(entry) }
        self = message
    }

    /// The user key of an entry of the `key` bucket.
    @inline(__always)
    package static func key(of entry: Entry) throws(Finding) -> Bytes {
        guard let key = key(of: entry.value) else { throw malformed(entry) }
        return key
    }

    @inline(never)
    private static func malformed(_ entry: Entry) -> Finding {
        Finding(
            page: entry.page, offset: entry.keyOffset + entry.key.count, expected: "a KeyValue message",
            found: printed(entry.value))
    }
}
