import FoundationEssentials
import TestSupport

/// A snapshot of an etcd with some keys, and what that etcd says about them.
struct World: Sendable {
    let folder: TemporaryDirectory
    let snapshot: String
    let revision: Int64
    /// Of HashKV at that revision.
    let hash: UInt32

    /// - Parameter megabytes: of further values.
    static func make(_ release: EtcdRelease = .newest, megabytes: Int = 0) async throws -> World {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        return try await EtcdCluster.run(release) { cluster in
            let member = cluster.members[0]
            for number in 0..<20 { try await member.etcdctl(["put", "key/\(number)", "value \(number)"]).output() }
            try await member.etcdctl(["put", "ключ", "значение"]).output()
            try await member.etcdctl(["del", "key/7"]).output()
            for number in 0..<megabytes {
                let value = String(repeating: "v", count: 1_000_000)
                try await member.etcdctl(["put", "large/\(number)"], input: value).output()
            }
            let state = try await member.state()
            try await member.etcdctl(["snapshot", "save", snapshot]).output(within: .seconds(120))
            return World(folder: folder, snapshot: snapshot, revision: state.revision, hash: state.hash)
        }
    }
}

/// What a member answers about all its keys.
struct MemberState: Decodable, Equatable {
    var revision: Int64
    var hash: UInt32
}

extension EtcdMember {
    func state() async throws -> MemberState {
        struct Answer: Decodable {
            struct Content: Decodable {
                struct Header: Decodable { let revision: Int64 }
                let header: Header
                let hash: UInt32
            }
            let content: Content

            private enum CodingKeys: String, CodingKey { case content = "HashKV" }
        }
        let text = try await etcdctl(["endpoint", "hashkv", "-w", "json"]).output()
        guard let answer = try JSONDecoder().decode([Answer].self, from: Data(text.utf8)).first else {
            throw MissingPart("no hash from \(name)")
        }
        return MemberState(revision: answer.content.header.revision, hash: answer.content.hash)
    }
}

/// Every file below a directory, with its size, time of change and inode: equal when nothing was touched.
func listing(_ path: String) async throws -> String {
    try await Command("find", [path, "-printf", "%P %y %s %T@ %i\n"]).output()
        .split(separator: "\n").sorted().joined(separator: "\n")
}
