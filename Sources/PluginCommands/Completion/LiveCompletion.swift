import ArgumentParser
import EtcdRecoverModel
import KubernetesClient

extension Completion {
    /// Answers `__complete WORD...`, the hidden entry that shells and kubectl call. A cluster that does not answer within
    /// three seconds has no names to offer, and no error spoils the prompt.
    static func answer(_ words: [String]) async -> String {
        guard let tree = try? CommandTree(of: Plugin.self) else { return ":1\n" }
        var completion = tree.complete(words)
        if let names = completion.names, let client = try? connect(words) {
            let found = (try? await names.fetch(client, within: .seconds(3))) ?? []
            let typed = completion.typed
            completion.candidates += found.filter { $0.hasPrefix(typed) }.sorted().map { Candidate(value: $0) }
        }
        return completion.cobraText()
    }

    /// With the connection flags that are on the line already.
    private static func connect(_ words: [String]) throws -> KubernetesClient {
        let flags = try ConnectionOptions.parse(ArgumentNormalizer.connectionFlags(in: Array(words.dropLast())))
        return try flags.connect(console: Console(diagnostics: -1, color: .never))
    }
}

extension Completion.Names {
    fileprivate func fetch(_ client: KubernetesClient, within limit: Duration) async throws -> [String] {
        switch self {
        case .backups: try await Self.list(EtcdBackup.self, client, limit)
        case .restores: try await Self.list(EtcdRestore.self, client, limit)
        case .recoveries: try await Self.list(EtcdRecovery.self, client, limit)
        case .clusters: try await Self.list(EtcdCluster.self, client, limit)
        case .namespaces: try await Self.list(Namespace.self, client, limit)
        case .jobs:
            try await Self.list(EtcdBackup.self, client, limit).map { "backup/" + $0 }
                + Self.list(EtcdRestore.self, client, limit).map { "restore/" + $0 }
                + Self.list(EtcdRecovery.self, client, limit).map { "recovery/" + $0 }
        }
    }

    private static func list<Kind: KubernetesResource>(
        _ kind: Kind.Type, _ client: KubernetesClient, _ limit: Duration
    ) async throws -> [String] {
        let scope = Kind.isNamespaced ? Scope.namespace(client.configuration.namespace) : .allNamespaces
        return try await client.list(kind, in: scope, options: ListOptions(mayBeStale: true, within: limit)).items
            .compactMap(\.metadata.name)
    }
}

/// Only its name is of interest.
private struct Namespace: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "Namespace"
    static let plural = "namespaces"
    static let isNamespaced = false

    var metadata: ObjectMeta
}
