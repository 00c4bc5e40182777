import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

/// `kubectl etcdrecover` as a process, against members that a test started.
struct EtcdPlugin: Sendable {
    var flags: [String] = []
    var environment: [String: String?] = ["NO_COLOR": "1"]

    /// With the certificate of `client` and etcd's root user, where the cluster has either.
    init(
        endpoints: [String], tls: EtcdCertificates? = nil, client: EtcdCertificates.Leaf = .reader,
        password: String? = nil
    ) {
        flags = ["--endpoints", endpoints.joined(separator: ",")]
        if let tls {
            flags += ["--cacert", tls.authority, "--cert", tls.certificate(client), "--key", tls.key(client)]
        }
        if let password {
            flags += ["--user", "root"]
            environment["ETCDCTL_PASSWORD"] = password
        }
    }

    func command(_ words: [String]) -> Command {
        Command("\(TestEnvironment.programs)/kubectl-etcdrecover", words + flags, environment: environment)
    }

    func run(_ words: String..., within limit: Duration = .seconds(60)) async throws -> Command.Result {
        try await command(words).run(within: limit)
    }

    /// What `-o json` prints.
    func json(_ words: String..., status: Int32 = 0) async throws -> JSONObject {
        let result = try await command(words + ["-o", "json"]).run(within: .seconds(60))
        try #require(result.status == status, "\(result.output)\(result.errors)")
        return try JSONObject(result.output)
    }
}

/// JSON as tests look into it.
struct JSONObject {
    private let value: JSONValue

    init(_ text: String) throws { value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
    private init(_ value: JSONValue) { self.value = value }

    subscript(key: String) -> JSONObject? { value[key].map { JSONObject($0) } }

    var string: String? { value.string }
    var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
    var int: Int64? { if case .int(let number) = value { number } else { nil } }
    var array: [JSONObject] { if case .array(let values) = value { values.map { JSONObject($0) } } else { [] } }
    var strings: [String] { array.compactMap(\.string) }
}

extension EtcdMember {
    /// A plugin that reaches this member through `relay`.
    func plugin(through relay: TCPRelay) -> EtcdPlugin { EtcdPlugin(endpoints: ["http://127.0.0.1:\(relay.port)"]) }
}

extension TestSupport.EtcdCluster {
    /// Keys with values of `bytes` bytes, some written twice and some deleted.
    func fill(keys: Int = 12, bytes: Int = 1000) async throws {
        for number in 0..<keys {
            let value = String(repeating: "v", count: bytes)
            try await etcdctl("put", "key-\(number)", input: value)
        }
        try await etcdctl("put", "key-0", "again")
        try await etcdctl("del", "key-1")
    }
}
