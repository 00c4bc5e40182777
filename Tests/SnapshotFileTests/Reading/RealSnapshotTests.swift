import FoundationEssentials
import TestSupport
import Testing

@testable import SnapshotFile

/// What real members of each release write, and what their own tools say about it.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct RealSnapshotTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private struct Printed: Decodable {
        let hash: UInt32
        let revision: Int64
        let totalKey: Int
        let totalSize: Int
    }

    private struct Answer: Decodable {
        struct HashKV: Decodable {
            let hash: UInt32
            let compactRevision: Int64

            private enum CodingKeys: String, CodingKey {
                case hash
                case compactRevision = "compact_revision"
            }
        }

        let hashKV: HashKV

        private enum CodingKeys: String, CodingKey {
            case hashKV = "HashKV"
        }
    }

    @Test(arguments: EtcdRelease.all)
    func `a member's snapshot says what etcd's tools say, at every stage of its life`(_ release: EtcdRelease)
        async throws
    {
        try await EtcdCluster.run(release) { cluster in
            try await compare(cluster, "new")

            try await Self.fill(cluster)
            try await compare(cluster, "filled", revisions: [2, 9, 12, 16])

            try await cluster.etcdctl("compact", "13", "--physical")
            // Not at 13 itself: older releases refuse that, newer ones give the hash from before the compaction.
            try await compare(cluster, "compacted", revisions: [14, 16])
            let database = try Database(path: folder.path(of: "compacted"))
            let status = try await SnapshotStatus(of: database)
            #expect(status.compactRevision == 13)
            #expect(!status.metadata.isAuthEnabled)
            #expect(status.metadata.members.map(\.name) == ["m0"])
            #expect(status.metadata.members.map(\.peerURLs) == [[cluster.members[0].peerURL]])
            #expect(status.metadata.clusterVersion?.hasPrefix(release.version.prefix(3)) == true)
            #expect([status.leases, status.live.leased, status.live.encrypted] == [1, 40, 1])
            #expect(status.metadata.alarms == [])

            try await cluster.etcdctl("defrag")
            try await compare(cluster, "defragmented", revisions: [15])

            try await cluster.etcdctl("user", "add", "root:a password")
            try await cluster.etcdctl("user", "grant-role", "root", "root")
            try await cluster.etcdctl("auth", "enable")
            let path = folder.path(of: "authenticated")
            try await cluster.etcdctl("--user", "root:a password", "snapshot", "save", path)
            let authenticated = try Database(path: path)
            #expect(try ClusterMetadata(authenticated).isAuthEnabled)
            let verification = try await Verification(of: authenticated, trailer: .required)
            #expect(verification.findings.list.map(\.description) == [])
        }
    }

    @Test(arguments: EtcdRelease.all)
    func `a member's own database is read once it has stopped, and only on request while it runs`(
        _ release: EtcdRelease
    ) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await Self.fill(cluster)
            let member = cluster.members[0]
            #expect(throws: MappingError.locked(member.database)) { try Database(path: member.database) }
            #expect(try Database(path: member.database, readingLocked: true).pageSize == 4096)
            let expected = try await hashKV(cluster, at: nil)

            await member.stop()
            let database = try Database(path: member.database)
            #expect(database.trailer == nil)
            #expect(database.content.count >= database.imageSize)
            #expect(try HashKV(of: Keyspace(database)).hash == expected.hash)
            let verification = try await Verification(of: database)
            #expect(verification.findings.list.map(\.description) == [])
            let status = try await SnapshotStatus(of: database)
            #expect(status.hashOK == nil)
            let printed = try await Self.printed(member.database, by: release)
            #expect([status.totalKeys, status.totalSize] == [printed.totalKey, printed.totalSize])
            #expect(status.hash == printed.hash)
        }
    }

    @Test func `a real snapshot, changed in a thousand ways, is never taken for sound`() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            for index in 0..<30 {
                try await cluster.etcdctl("put", "k\(index)", String(repeating: "v", count: index * 9))
            }
            let path = folder.path(of: "real")
            try await cluster.etcdctl("snapshot", "save", path)
            let original = try Database(path: path).file
            let content = original.bytes.array
            for seed in 0..<1000 {
                var mutator = Mutator(seed: UInt64(seed), pageSize: 4096)
                let mutated = mutator.mutate(content)
                #expect(!(try await Verdict(of: mutated)).isSound || mutated == content, "seed \(seed)")
            }
        }
    }

    @Test func `a database restored with a raised revision is read as its member reads it`() async throws {
        let release = EtcdRelease.newest
        let path = folder.path(of: "source")
        try await EtcdCluster.run(release) { cluster in
            try await Self.fill(cluster)
            try await cluster.etcdctl("snapshot", "save", path)
        }
        let restored = try EtcdCluster.reserve(1, release)
        _ = try await release.snapshotTool(
            "restore", path, "--data-dir", restored[0].dataDirectory, "--name", "m0",
            "--initial-cluster", "m0=\(restored[0].peerURL)", "--initial-advertise-peer-urls", restored[0].peerURL,
            "--bump-revision", "1000", "--mark-compacted")
        try await checkRaised(restored[0].database, from: path, release)

        try await EtcdCluster.run(restored) { cluster in
            try await cluster.etcdctl("put", "after", "the restore")
            try await compare(cluster, "restored", revisions: [1018], emptyKeys: 1)
        }
    }

    /// Its lock on the file, which a member would wait for, ends with it.
    private func checkRaised(_ path: String, from source: String, _ release: EtcdRelease) async throws {
        let database = try Database(path: path)
        let printed = try await Self.printed(path, by: release)
        let status = try await SnapshotStatus(of: database)
        #expect(status.hash == printed.hash)
        #expect([status.revision, status.compactRevision] == [1017, 1017])
        // The raised revision is an entry without a key, which etcd counts.
        #expect(status.liveKeys == (try await SnapshotStatus(of: Database(path: source)).liveKeys) + 1)
        let verification = try await Verification(of: database)
        #expect(verification.findings.list.map(\.description) == [])
    }

    @Test func `an alarm is read from the snapshot, and told as a warning`() async throws {
        try await EtcdCluster.run(.newest, options: EtcdOptions(quota: 2 << 20)) { cluster in
            let value = String(repeating: "v", count: 500_000)
            for index in 0..<20 {
                let put = cluster.members[0].etcdctl(["put", "k\(index)"], input: value)
                guard try await put.run().succeeded else { break }
            }
            let path = folder.path(of: "full")
            try await cluster.etcdctl("snapshot", "save", path)
            let database = try Database(path: path)
            let status = try await SnapshotStatus(of: database)
            #expect(status.metadata.alarms.map(\.kind) == [.noSpace])
            #expect(status.metadata.alarms.map(\.member) == status.metadata.members.map(\.id))
            let verification = try await Verification(of: database, trailer: .required)
            #expect(verification.isSound)
            #expect(verification.findings.list.map(\.expected) == ["no alarm"])
        }
    }

    /// Revisions 2 to 17: keys of many sizes with a history, many to a transaction; deletions, a lease, an encrypted value.
    private static func fill(_ cluster: EtcdCluster) async throws {
        for round in 0..<8 {
            let puts = (0..<90).map { index in
                let value = String(repeating: "x", count: index * index * (round + 1) % 9000)
                return "put /registry/pods/space-\(index % 7)/pod-\(index) v\(value)"
            }
            try await cluster.etcdctl("txn", input: "\n\(puts.joined(separator: "\n"))\n\n\n")
        }
        for index in 0..<6 { try await cluster.etcdctl("del", "/registry/pods/space-\(index)", "--prefix") }
        let lease = try await cluster.etcdctl("lease", "grant", "3600").split(separator: " ")[1]
        let leased = (0..<40).map { "put --lease=\(lease) leased/\($0) v" }.joined(separator: "\n")
        try await cluster.etcdctl("txn", input: "\n\(leased)\n\n\n")
        try await cluster.etcdctl("put", "secret", "k8s:enc:aescbc:v1:key1:xyz")
    }

    private func compare(
        _ cluster: EtcdCluster, _ name: String, revisions: [Int64] = [], emptyKeys: Int = 0
    ) async throws {
        let path = folder.path(of: name)
        try await cluster.etcdctl("snapshot", "save", path)
        let printed = try await Self.printed(path, by: cluster.release)
        let database = try Database(path: path)
        let status = try await SnapshotStatus(of: database)
        #expect(status.hash == printed.hash, "\(name)")
        #expect(status.revision == printed.revision, "\(name)")
        #expect(RevisionScanTests.revision(of: database.file.bytes.array) == printed.revision, "\(name)")
        #expect([status.totalKeys, status.totalSize] == [printed.totalKey, printed.totalSize], "\(name)")
        #expect(status.hashOK == true, "\(name)")
        let keys = try await cluster.etcdctl("get", "", "--prefix", "--keys-only")
        #expect(status.liveKeys == keys.split(separator: "\n").count + emptyKeys, "\(name)")
        let verification = try await Verification(of: database, trailer: .required)
        #expect(verification.findings.list.map(\.description) == [], "\(name)")

        let keyspace = try Keyspace(database)
        for revision in [nil] + revisions.map(Optional.some) {
            let expected = try await hashKV(cluster, at: revision)
            let ours = try HashKV(of: keyspace, at: revision)
            #expect(ours.hash == expected.hash, "\(name) at \(revision ?? -1)")
            #expect(ours.compactRevision == expected.compactRevision, "\(name) at \(revision ?? -1)")
        }
        var live = try LiveKeys(keyspace)
        var listed: [String] = []
        while let key = try live.next() { listed.append(key.keyValue.key.text) }
        let named = keys.split(separator: "\n").map(String.init)
        #expect(listed == [String](repeating: "", count: emptyKeys) + named, "\(name)")
    }

    private func hashKV(_ cluster: EtcdCluster, at revision: Int64?) async throws -> Answer.HashKV {
        let answer = try await cluster.etcdctl("endpoint", "hashkv", "--rev", "\(revision ?? 0)", "-w", "json")
        let answers = try JSONDecoder().decode([Answer].self, from: Data(answer.utf8))
        return try #require(answers.first).hashKV
    }

    private static func printed(_ path: String, by release: EtcdRelease) async throws -> Printed {
        let text = try await release.snapshotTool("status", path, "-w", "json")
        return try JSONDecoder().decode(Printed.self, from: Data(text.utf8))
    }
}
