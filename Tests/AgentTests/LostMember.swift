import EtcdRecoverModel
import FoundationEssentials
import TestSupport

@testable import Agent
@testable import SnapshotFile

/// A member of a cluster that lost its majority, with its data where they were, and the order to recover it.
struct LostMember: Sendable {
    let member: EtcdMember
    /// Of a log in a place of its own.
    let wal: String?
    /// What it had, by name and content.
    let content: Content

    var data: String { member.dataDirectory }
    var aside: String { "\(data)/.etcdrecover-aside" }

    /// Files of a member and of its log, each with its size and SHA-256.
    struct Content: Equatable {
        var member: String
        var wal: String?

        init(member: String, wal: String?) async throws {
            self.member = try await Self.files(member)
            if let wal { self.wal = try await Self.files(wal) }
        }

        static func files(_ path: String) async throws -> String {
            // Without what etcd has allocated ahead, as that says nothing.
            try await Command(
                "sh", ["-c", "cd \"$0\" && find . -type f ! -name '*.tmp' -exec sha256sum {} + | sort", path]
            ).output()
        }
    }

    /// Runs an etcd until it has some keys of its own, and stops it.
    static func make(
        _ release: EtcdRelease = .newest, hasLogOfItsOwn: Bool = false,
        _ fill: @Sendable (EtcdMember) async throws -> Void = { _ in }
    ) async throws -> LostMember {
        let place = try EtcdMember(release, name: "orders-0")
        let wal = hasLogOfItsOwn ? "\(place.dataDirectory.folder)/wal" : nil
        var options = EtcdOptions()
        if let wal { options.arguments = ["--wal-dir", wal] }
        let member = hasLogOfItsOwn ? try EtcdMember(release, name: "orders-0", options: options) : place
        try await EtcdCluster.run([member]) { cluster in
            try await cluster.etcdctl("put", "old", "life")
            try await fill(member)
            // It commits all that it applied, so that the database alone has it.
            await member.stop()
        }
        let content = try await Content(member: "\(member.dataDirectory)/member", wal: wal)
        return LostMember(member: member, wal: wal, content: content, keptAlive: place)
    }

    /// The same with what lies there now, after somebody has changed it.
    func asItIs() async throws -> LostMember {
        let content = try await Content(member: "\(data)/member", wal: wal)
        return LostMember(member: member, wal: wal, content: content, keptAlive: keptAlive)
    }

    /// Its directory is the log's parent.
    private let keptAlive: EtcdMember

    private init(member: EtcdMember, wal: String?, content: Content, keptAlive: EtcdMember) {
        self.member = member
        self.wal = wal
        self.content = content
        self.keptAlive = keptAlive
    }

    func run(
        _ snapshot: SnapshotInStore, _ recovery: RecoveryOrder = RecoveryOrder(), _ arguments: [String] = []
    ) -> AgentRun {
        var run = snapshot.run(for: member, arguments + (wal.map { ["--wal-dir=\($0)"] } ?? []))
        run.order.recovery = recovery
        run.order.restore.name = "lost"
        if let wal { run.order.mountPaths.append(wal.folder) }
        return run
    }

    /// From what is on its own volume: without any store.
    func run(uid: String = UUID().uuidString.lowercased()) -> AgentRun {
        var run = AgentRun(
            RestoreOrder(
                restore: .init(namespace: "prod", name: "lost", uid: uid, generation: 1), destination: Destination(),
                key: "", timeout: "60s", recovery: RecoveryOrder(takesOwnDatabase: true)),
            for: member, wal.map { ["--wal-dir=\($0)"] } ?? [])
        if let wal { run.order.mountPaths.append(wal.folder) }
        return run
    }

    /// Starts the old member on what was moved aside, as it was, and gives its value of the key `old`.
    func oldValue(in paths: [String]) async throws -> String {
        let release = member.release
        let folder = try TemporaryDirectory()
        var options = EtcdOptions()
        if wal != nil { options.arguments = ["--wal-dir", folder.path(of: "wal")] }
        let other = try EtcdMember(release, name: "orders-0", options: options)
        try await Command("mkdir", [other.dataDirectory]).output()
        for path in paths {
            let place = path.hasSuffix("/wal") ? folder.path(of: "wal") : "\(other.dataDirectory)/member"
            try await Command("cp", ["-a", path, place]).output()
        }
        return try await EtcdCluster.run([other]) { cluster in
            try await cluster.etcdctl("get", "old", "--print-value-only")
        }
    }
}
