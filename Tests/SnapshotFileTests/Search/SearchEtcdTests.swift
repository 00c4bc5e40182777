import FoundationEssentials
import TestSupport
import Testing

@testable import SnapshotFile

/// Searches in real snapshots give what the server gave at the same revisions.
@Suite(.needsEtcd)
struct SearchEtcdTests {
    @Test(arguments: EtcdRelease.all)
    func `keys, values and history are the server's at every revision`(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let world = try await SearchWorld(cluster)
            let keyspace = try Keyspace(Database(path: world.snapshot))
            #expect(keyspace.revision == world.revisions.upperBound)
            for revision in world.revisions {
                let expected = try #require(world.answers[revision])
                var found: [Answer.KeyValue] = []
                _ = try keyspace.forEachLiveKey(in: .all, at: revision) { version in
                    found.append(Answer.KeyValue(version))
                    return true
                }
                #expect(found == expected, "at revision \(revision)")
                for answer in expected {
                    let version = try #require(try keyspace.version(of: Array(answer.key), at: revision))
                    #expect(Answer.KeyValue(version) == answer)
                }
            }
            #expect(
                throws: RevisionError.compacted(world.revisions.lowerBound - 1, compaction: world.revisions.lowerBound)
            ) {
                try keyspace.forEachLiveKey(in: .all, at: world.revisions.lowerBound - 1) { _ in true }
            }
            try history(keyspace)
            try spans(keyspace, world)
        }
    }

    /// Of a key that was written, changed, deleted and written again after the compaction.
    private func history(_ keyspace: Keyspace) throws {
        var changes: [String] = []
        try keyspace.forEachChange(of: Array("/registry/pods/default/again".utf8)) { version in
            changes.append(version.isTombstone ? "delete" : "put \(version.version) \(version.value.text)")
        }
        #expect(changes == ["put 1 one", "put 2 two", "delete", "put 1 three"])
        #expect(try keyspace.version(of: Array("/registry/pods/default/gone".utf8), at: keyspace.revision) == nil)
        #expect(try keyspace.version(of: Array("never".utf8), at: keyspace.revision) == nil)
    }

    private func spans(_ keyspace: Keyspace, _ world: SearchWorld) throws {
        let expected = try #require(world.answers[keyspace.revision]).map(\.key)
        let prefix = Array("/registry/pods/".utf8)
        for (span, matches) in [
            (KeySpan(prefix: prefix), { (key: Data) in key.starts(with: prefix) }),
            (KeySpan(from: prefix), { !$0.lexicographicallyPrecedes(prefix) }),
            (KeySpan(to: prefix), { $0.lexicographicallyPrecedes(prefix) }),
            (KeySpan(prefix: [0xFF]), { $0.first == 0xFF }),
        ] {
            var found: [Data] = []
            _ = try keyspace.forEachLiveKey(in: span, at: keyspace.revision) {
                found.append(Data($0.key.buffer)); return true
            }
            #expect(found == expected.filter(matches))
            #expect(!found.isEmpty)
        }
        var first: [Data] = []
        let isWhole = try keyspace.forEachLiveKey(in: .all, at: keyspace.revision) { version in
            first.append(Data(version.key.buffer))
            return first.count < 3
        }
        #expect(!isWhole)
        #expect(first == Array(expected.prefix(3)))
    }

    @Test func `two snapshots of one cluster differ by what was done in between`() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let folder = try TemporaryDirectory()
            let member = cluster.members[0]
            for number in 0..<20 { try await cluster.etcdctl("put", "key\(number)", "value") }
            try await member.etcdctl(["snapshot", "save", folder.path(of: "a")]).output()
            try await cluster.etcdctl("put", "key1", "longer value")
            try await cluster.etcdctl("put", "key10", "value")
            try await cluster.etcdctl("del", "key19")
            try await cluster.etcdctl("put", "new", "")
            try await member.etcdctl(["snapshot", "save", folder.path(of: "b")]).output()
            let a = try Keyspace(Database(path: folder.path(of: "a")))
            let b = try Keyspace(Database(path: folder.path(of: "b")))
            #expect(
                try differences(a, b) == ["changed key1", "changed, same value key10", "removed key19", "added new"])
            #expect(
                try differences(b, a) == ["changed key1", "changed, same value key10", "added key19", "removed new"])
            #expect(try differences(b, b) == [])
            // The second as it was when the first was taken.
            var then = try KeyDifferences(from: a, to: b, toRevision: a.revision)
            #expect(try then.next() == nil)
            #expect(then.sameCount == 20)
            var some = try KeyDifferences(from: a, to: b, in: KeySpan(prefix: Array("key19".utf8)))
            #expect(try some.next()?.key.text == "key19")
            #expect(try some.next() == nil)
        }
    }

    private func differences(_ a: Keyspace, _ b: Keyspace) throws -> [String] {
        var walk = try KeyDifferences(from: a, to: b)
        var found: [String] = []
        while let difference = try walk.next() {
            let isRewritten = difference.kind == .changed && difference.hasSameValue
            found.append("\(difference.kind)\(isRewritten ? ", same value" : "") \(difference.key.text)")
        }
        return found
    }
}

/// A server's keys at each of its revisions since the compaction, and a snapshot taken afterwards.
private struct SearchWorld {
    let snapshot: String
    let revisions: ClosedRange<Int64>
    let answers: [Int64: [Answer.KeyValue]]
    private let folder: TemporaryDirectory

    init(_ cluster: EtcdCluster) async throws {
        let member = cluster.members[0]
        folder = try TemporaryDirectory()
        snapshot = folder.path(of: "db.snapshot")
        for number in 0..<12 { try await cluster.etcdctl("put", "/registry/minions/n\(number % 7)", "old \(number)") }
        try await cluster.etcdctl("put", "/registry/pods/default/gone", "x")
        try await cluster.etcdctl("del", "/registry/pods/default/gone")
        let compaction = try await Answer(of: member, key: "none").revision
        try await cluster.etcdctl("compact", "\(compaction)")
        for value in ["one", "two"] { try await cluster.etcdctl("put", "/registry/pods/default/again", value) }
        try await cluster.etcdctl("del", "/registry/pods/default/again")
        try await cluster.etcdctl("put", "/registry/pods/default/again", "three")
        // Keys and values that are no text; a shell makes them, as arguments here are text.
        try await Self.put(#"\377\001"#, #"\200\000"#, member)
        try await Self.put("compact_rev_key", "5", member)
        let lease = try await cluster.etcdctl("lease", "grant", "600").split(separator: " ")[1]
        try await cluster.etcdctl("put", "--lease=\(lease)", "/registry/events/default/e", "soon gone")
        // Two changes in one transaction.
        try await cluster.etcdctl("txn", input: "\n\nput /registry/pods/a/1 x\nput /registry/pods/a/2 y\n\n\n")
        try await cluster.etcdctl("del", "--prefix", "/registry/minions/n1")
        let last = try await Answer(of: member, key: "none").revision
        revisions = compaction...last
        var answers: [Int64: [Answer.KeyValue]] = [:]
        for revision in revisions {
            answers[revision] = try await Answer(of: member, key: "", "--prefix", "--rev=\(revision)").kvs ?? []
        }
        self.answers = answers
        try await member.etcdctl(["snapshot", "save", snapshot]).output()
    }

    private static func put(_ key: String, _ value: String, _ member: EtcdMember) async throws {
        let etcdctl = member.etcdctl(["put"])
        let script = #"value=$1 key=$(printf "$2"); shift 2; printf "$value" | "$@" "$key""#
        try await Command(
            "/bin/sh", ["-c", script, "sh", value, key, etcdctl.program] + etcdctl.arguments,
            environment: etcdctl.environment
        ).output()
    }
}

/// What a server said to a `get`.
private struct Answer: Decodable {
    struct KeyValue: Hashable, Decodable {
        var key: Data
        var createRevision: Int64
        var modRevision: Int64
        var version: Int64
        var value: Data?
        var lease: Int64?

        private enum CodingKeys: String, CodingKey {
            case key, version, value, lease
            case createRevision = "create_revision"
            case modRevision = "mod_revision"
        }

        init(_ version: KeyVersion) {
            key = Data(version.key.buffer)
            createRevision = version.createRevision
            modRevision = version.modRevision
            self.version = version.version
            value = version.value.isEmpty ? nil : Data(version.value.buffer)
            lease = version.lease == 0 ? nil : version.lease
        }
    }

    struct Header: Decodable { var revision: Int64 }

    var header: Header
    var kvs: [KeyValue]?

    var revision: Int64 { header.revision }

    init(of member: EtcdMember, key: String, _ flags: String...) async throws {
        let text = try await member.etcdctl(["get", key, "-w", "json"] + flags).output()
        self = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    }
}
