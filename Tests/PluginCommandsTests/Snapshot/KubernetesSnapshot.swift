import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

/// Not the resource of that name.
typealias EtcdServers = TestSupport.EtcdCluster
/// Not ArgumentParser's.
typealias ExitStatus = PluginCommands.ExitStatus

/// A snapshot of a real etcd with keys as an API server writes them: JSON, protobuf, encrypted values, a lease, history.
struct KubernetesSnapshot {
    static let secretKey = "/registry/secrets/default/token"
    static let customKey = "/registry/cert-manager.io/certificates/web/shop"
    static let custom =
        #"{"apiVersion":"cert-manager.io/v1","kind":"Certificate","metadata":{"name":"shop"},"spec":{"dnsNames":["a.example","b.example"],"size":9007199254740993}}"#
    static let encrypted = Array("k8s:enc:aescbc:v1:key1:".utf8) + [0x00, 0x9F, 0x1B, 0x5B]

    let folder: TemporaryDirectory
    let path: String
    let release: EtcdRelease

    /// Runs `body` beside the cluster that the snapshot was just taken of.
    static func with<Value>(
        _ release: EtcdRelease = .newest, isolation: isolated (any Actor)? = #isolation,
        _ body: (KubernetesSnapshot, EtcdServers) async throws -> Value
    ) async throws -> Value {
        try await EtcdServers.run(release) { cluster in
            try await write(to: cluster)
            let folder = try TemporaryDirectory()
            let path = folder.path(of: "db.snapshot")
            try await cluster.members[0].etcdctl(["snapshot", "save", path]).output()
            return try await body(KubernetesSnapshot(folder: folder, path: path, release: release), cluster)
        }
    }

    private static func write(to cluster: EtcdServers) async throws {
        let pod = protobufObject(apiVersion: "v1", kind: "Pod", raw: [0x0A, 0x05, 0x0A, 0x03] + Array("web".utf8))
        for namespace in ["default", "kube-system"] {
            for name in ["web-0", "web-1"] { try await put("/registry/pods/\(namespace)/\(name)", pod, cluster) }
        }
        try await put("/registry/pods/default/web-0", pod + [0x22, 0x00], cluster)
        try await put("/registry/minions/node1", protobufObject(apiVersion: "v1", kind: "Node"), cluster)
        try await put(
            "/registry/services/specs/default/web", protobufObject(apiVersion: "v1", kind: "Service"), cluster)
        try await put(secretKey, encrypted, cluster)
        try await put(customKey, Array(custom.utf8), cluster)
        try await put("compact_rev_key", Array("5".utf8), cluster)
        try await cluster.etcdctl("put", "/registry/pods/default/gone", "x")
        try await cluster.etcdctl("del", "/registry/pods/default/gone")
        let lease = try await cluster.etcdctl("lease", "grant", "3600").split(separator: " ")[1]
        try await cluster.etcdctl("put", "--lease=\(lease)", "/registry/events/default/e1", "{}")
    }

    /// The value goes through etcdctl's standard input, from a file.
    static func put(_ key: String, _ value: [UInt8], _ cluster: EtcdServers) async throws {
        let file = try TemporaryDirectory()
        let path = file.path(of: "value")
        try PluginCommandsTests.write(value, to: path)
        let etcdctl = cluster.members[0].etcdctl(["put", key])
        try await Command(
            "/bin/sh", ["-c", #"exec "$@" <"$0""#, path, etcdctl.program] + etcdctl.arguments,
            environment: etcdctl.environment
        ).output()
        withExtendedLifetime(file) {}
    }

    /// A built-in object as the API server stores it: the magic bytes and `runtime.Unknown`.
    static func protobufObject(apiVersion: String, kind: String, raw: [UInt8] = []) -> [UInt8] {
        // All of these are short: a length is one byte.
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        let type = field(1, Array(apiVersion.utf8)) + field(2, Array(kind.utf8))
        return Array("k8s\u{0}".utf8) + field(1, type) + field(2, raw) + field(3, []) + field(4, [])
    }

    /// A copy with the bytes at `offset` replaced.
    func damaged(at offset: Int, _ bytes: [UInt8] = [0xFF], as name: String = "damaged") throws -> String {
        var content = try Data(contentsOf: URL(filePath: path))
        content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        let copy = folder.path(of: name)
        try content.write(to: URL(filePath: copy))
        return copy
    }
}

/// What a command printed, and how it ended.
struct Outcome {
    var status: ExitStatus
    var output: String
    var diagnostics: String

    /// Parses and runs a command of `kubectl etcdrecover snapshot` as the program does, but for where it prints.
    static func of<Command: RunsOnConsole>(_ command: Command.Type, _ arguments: String...) async throws -> Outcome {
        try await of(command, arguments: arguments)
    }

    static func of<Command: RunsOnConsole>(_ command: Command.Type, arguments: [String]) async throws -> Outcome {
        let captured = try CapturedConsole()
        var status = ExitStatus.success
        do {
            try await Command.parse(arguments).run(on: captured.console)
        } catch let failure as CommandFailure {
            captured.console.error(failure.description)
            status = failure.status
        } catch let code as ExitCode {
            status = try #require(ExitStatus(rawValue: code.rawValue))
        }
        return Outcome(status: status, output: captured.output, diagnostics: captured.diagnostics)
    }

    func json() throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: Data(output.utf8)) }
}

protocol RunsOnConsole: ParsableCommand {
    func run(on console: Console) async throws
}

extension SnapshotStatusCommand: RunsOnConsole {}
extension SnapshotVerify: RunsOnConsole {}
extension SnapshotKeys: RunsOnConsole {}
extension SnapshotGet: RunsOnConsole {}
extension SnapshotObjects: RunsOnConsole {}
extension SnapshotDiff: RunsOnConsole {}
extension SnapshotHash: RunsOnConsole {}
extension SnapshotRestore: RunsOnConsole {}
