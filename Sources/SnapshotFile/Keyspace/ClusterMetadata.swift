import FoundationEssentials

/// What etcd keeps about itself in its small buckets.
package struct ClusterMetadata: Hashable, Sendable {
    /// The newest raft entry that the database holds.
    package let consistentIndex: UInt64?
    /// Of that entry; from 3.5 on.
    package let term: UInt64?
    /// Such as `3.6.0`; from 3.6 on.
    package let storageVersion: String?
    package let clusterVersion: String?
    /// From 3.5 on. No release reads it back.
    package let confState: ConfState?
    package let compaction: Compaction
    package let members: [StoredMember]
    /// Members that left, by id; they can never come back.
    package let removedMembers: [MemberID]
    package let alarms: [Alarm]
    package let isAuthEnabled: Bool
    package let authRevision: UInt64?

    /// More rows than any cluster has are an error, so that a broken file does not fill the memory.
    private static let mostRows = 10_000

    /// Throws for the first thing that cannot be read.
    package init(_ database: Database) throws(Finding) {
        let reader = MetadataReader(database)
        consistentIndex = try reader.integer("consistent_index", in: "meta")
        term = try reader.integer("term", in: "meta")
        storageVersion = try reader.text("storageVersion", in: "meta")
        clusterVersion = try reader.text("clusterVersion", in: "cluster")
        confState = try reader.json(ConfState.self, "confState", in: "meta")
        compaction = try Compaction(database)
        members = try database.rows(of: "members", atMost: Self.mostRows, StoredMember.init(of:))
        removedMembers = try database.rows(of: "members_removed", atMost: Self.mostRows, MemberID.init(of:))
        alarms = try database.rows(of: "alarm", atMost: Self.mostRows, Alarm.init(of:))
        isAuthEnabled = try database.entry(of: "authEnabled", in: "auth").map { $0.value == [1] } ?? false
        authRevision = try reader.integer("authRevision", in: "auth")
    }
}

/// The members of the raft group, as etcd notes them beside the consistent index.
package struct ConfState: Codable, Hashable, Sendable {
    package let voters: [UInt64]?
    package let learners: [UInt64]?
}

/// Reads single values of the small buckets.
private struct MetadataReader {
    let database: Database

    init(_ database: Database) { self.database = database }

    func integer(_ key: String, in bucket: String) throws(Finding) -> UInt64? {
        guard let entry = try database.entry(of: key, in: bucket) else { return nil }
        guard entry.value.count == 8, let value = entry.value.bigEndian(at: 0, as: UInt64.self) else {
            throw entry.unexpected("8 bytes as \(key)")
        }
        return value
    }

    func text(_ key: String, in bucket: String) throws(Finding) -> String? {
        guard let entry = try database.entry(of: key, in: bucket) else { return nil }
        guard entry.value.count <= 64, let text = String(validating: entry.value.buffer, as: UTF8.self) else {
            throw entry.unexpected("a short text as \(key)")
        }
        return text
    }

    func json<Value: Decodable>(_: Value.Type, _ key: String, in bucket: String) throws(Finding) -> Value? {
        guard let entry = try database.entry(of: key, in: bucket) else { return nil }
        return try entry.json(key)
    }
}

extension Database {
    /// Every entry of a bucket, read by `read`; none without the bucket.
    func rows<Row>(
        of bucket: String, atMost limit: Int, _ read: (Entry) throws(Finding) -> Row
    ) throws(Finding) -> [Row] {
        guard let bucket = try self.bucket(bucket) else { return [] }
        var rows: [Row] = []
        var cursor = Cursor(self, in: bucket)
        while let entry = try cursor.next() {
            guard rows.count < limit else {
                throw entry.unexpected("at most \(limit) entries in \(printed(bucket.name))")
            }
            rows.append(try read(entry))
        }
        return rows
    }
}

extension Entry {
    private static let longestJSON = 1 << 20

    /// The value, which `what` names in a finding.
    func json<Value: Decodable>(_ what: String) throws(Finding) -> Value {
        guard value.count <= Self.longestJSON,
            let decoded = try? JSONDecoder().decode(Value.self, from: Data(value.buffer))
        else { throw unexpected("JSON of a \(what)") }
        return decoded
    }

    /// A finding about the value.
    func unexpected(_ expected: String) -> Finding {
        Finding(page: page, offset: keyOffset + key.count, expected: expected, found: printed(value))
    }

    /// A finding about the key.
    func unexpectedKey(_ expected: String) -> Finding {
        Finding(page: page, offset: keyOffset, expected: expected, found: printed(key))
    }
}
