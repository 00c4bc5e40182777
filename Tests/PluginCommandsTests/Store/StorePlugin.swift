import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

/// `kubectl etcdrecover` as a process that reaches the suite's stores.
struct StorePlugin: Sendable {
    var environment: [String: String?]
    var flags: [String] = []

    init(_ stores: TestStores) {
        environment = stores.environment.merging(["NO_COLOR": "1", "STORAGE_EMULATOR_HOST": stores.gcsEndpoint]) { $1 }
    }

    func command(_ words: [String]) -> Command {
        Command("\(TestEnvironment.programs)/kubectl-etcdrecover", words + flags, environment: environment)
    }

    @discardableResult
    func run(_ words: String..., within limit: Duration = .seconds(120)) async throws -> Command.Result {
        try await command(words).run(within: limit)
    }

    /// The output of a call that must succeed.
    @discardableResult
    func output(_ words: String...) async throws -> String {
        let result = try await command(words).run(within: .seconds(120))
        try #require(result.succeeded, "\(words): \(result.output)\(result.errors)")
        return result.output
    }

    func json(_ words: String...) async throws -> JSONObject {
        let result = try await command(words + ["-o", "json"]).run(within: .seconds(120))
        try #require(result.succeeded, "\(words): \(result.output)\(result.errors)")
        return try JSONObject(result.output)
    }

    /// Keys below a folder.
    func keys(_ folder: String) async throws -> [String] {
        try await json("store", "list", folder)["objects"]?.array.compactMap { $0["key"]?.string } ?? []
    }
}

/// The kinds of stores, each with a folder that no other test has.
enum StoreKind: String, CaseIterable, Sendable {
    case s3, gcs, file

    func folder(_ stores: TestStores) throws -> String {
        let name = "test-\(UInt32.random(in: .min ... .max))"
        switch self {
        case .s3: return "s3://bucket/\(name)"
        case .gcs: return "gs://bucket/\(name)"
        case .file:
            let folder = "\(stores.directory)/\(name)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return "file://\(folder)"
        }
    }
}

/// Suites that need the stores, and an etcd to fill them from.
@Suite(.needsEtcd, .needsObjectStores, .stores(.s3, .gcs), .timeLimit(.minutes(10))) struct PluginStores {}
