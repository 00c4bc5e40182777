import FoundationEssentials
import TestSupport

@testable import SnapshotFile

/// What an etcd answers about its keys.
struct Answers: Equatable {
    struct Key: Decodable, Equatable {
        let key: String
        let createRevision: Int64
        let modRevision: Int64
        let version: Int64
        let value: String?
        let lease: Int64?

        private enum CodingKeys: String, CodingKey {
            case key, version, value, lease
            case createRevision = "create_revision"
            case modRevision = "mod_revision"
        }
    }

    let revision: Int64
    let keys: [Key]
    /// Of the newest revision.
    let hash: UInt32

    init(_ member: EtcdMember) async throws {
        let range: Range = try await member.json("get", "", "--from-key")
        revision = range.header.revision
        keys = range.kvs ?? []
        let hashes: [HashAnswer] = try await member.json("endpoint", "hashkv")
        guard let first = hashes.first else { throw MissingPart("no hash from \(member.name)") }
        hash = first.content.hash
    }

    private struct Range: Decodable {
        struct Header: Decodable { let revision: Int64 }
        let header: Header
        let kvs: [Key]?
    }

    private struct HashAnswer: Decodable {
        struct Hash: Decodable { let hash: UInt32 }
        let content: Hash

        private enum CodingKeys: String, CodingKey { case content = "HashKV" }
    }
}

struct MemberList: Decodable {
    struct Header: Decodable {
        let clusterID: UInt64

        private enum CodingKeys: String, CodingKey { case clusterID = "cluster_id" }
    }

    struct Member: Decodable, Equatable {
        let id: UInt64
        let name: String?
        let peerURLs: [String]
        let isLearner: Bool?

        private enum CodingKeys: String, CodingKey {
            case name, peerURLs, isLearner
            case id = "ID"
        }
    }
    let header: Header
    let members: [Member]
}

extension EtcdMember {
    /// The answer of its etcdctl, of which only what is asked for is read.
    func json<Answer: Decodable>(_ arguments: String...) async throws -> Answer {
        let text = try await etcdctl(arguments + ["-w", "json"]).output(within: .seconds(60))
        return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    }

    func save(to path: String) async throws {
        try await etcdctl(["snapshot", "save", path]).output(within: .seconds(120))
    }

    /// Puts keys of many sizes, with leases, deletions, re-creations and a compaction.
    func fill() async throws {
        for (name, size) in [("1", 1), ("100", 100), ("9k", 9_000), ("300k", 300_000), ("1M", 1_000_000)] {
            let value = String(repeating: "v", count: size)
            try await etcdctl(["put", "size/\(name)"], input: value).output()
        }
        for round in 0..<6 {
            let puts = (0..<120).map { "put many/\(round)/\($0) \(String(repeating: "x", count: 10 + $0 * 7))" }
            try await etcdctl(["txn"], input: "\n" + puts.joined(separator: "\n") + "\n\n\n").output()
        }
        let granted = try await etcdctl(["lease", "grant", "36000"]).output()
        let lease = try granted.split(separator: " ").dropFirst().first.map(String.init).unwrapped(
            "a lease id in \(granted)")
        for name in ["a", "b"] { try await etcdctl(["put", "leased/\(name)", "l", "--lease=\(lease)"]).output() }
        try await etcdctl(["del", "many/1/", "--prefix"]).output()
        try await etcdctl(["put", "many/1/7", "again"]).output()
        for number in 0..<5 { try await etcdctl(["put", "changed", "\(number)"]).output() }
        let range = try await Answers(self)
        try await etcdctl(["compact", "\(range.revision - 3)", "--physical"]).output()
        try await etcdctl(["put", "changed", "after"]).output()
        try await etcdctl(["del", "size/100"]).output()
    }

    /// Restores a snapshot into its data directory, as one of `members`.
    @discardableResult
    func restore(
        _ snapshot: String, of members: [EtcdMember]? = nil, token: String = "restored",
        _ change: (inout RestoreRequest) -> Void = { _ in }
    ) async throws -> RestoredMember {
        var request = RestoreRequest(snapshot: snapshot)
        request.name = name
        request.initialCluster = (members ?? [self]).map { "\($0.name)=\($0.peerURL)" }.joined(separator: ",")
        request.token = token
        request.advertisedPeerURLs = peerURL
        request.dataDirectory = dataDirectory
        change(&request)
        return try await Restore(request).run()
    }
}

extension Optional {
    func unwrapped(_ what: String) throws -> Wrapped {
        guard let self else { throw MissingPart("no \(what)") }
        return self
    }
}
