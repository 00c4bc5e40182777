import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import TestSupport
import Testing

/// A namespace of the real API server, with our kinds and the operator's defined, and nobody at work in it.
struct TestNamespace: Sendable {
    let kubectl: Kubectl
    let client: KubernetesClient
    let name: String

    static func with(_ body: (TestNamespace) async throws -> Void) async throws {
        let cluster = try TestCluster.current
        try await definitions.value
        try await Kubectl.withNamespace(on: cluster) { kubectl in
            let name = kubectl.namespace ?? ""
            var flags = ConnectionFlags()
            flags.kubeconfig = cluster.kubeconfig
            flags.namespace = name
            let client = try KubernetesClient(ClientConfiguration.load(flags, environment: [:]))
            try await body(TestNamespace(kubectl: kubectl, client: client, name: name))
            await client.shutdown()
        }
    }

    /// The repository.
    static let tree = {
        var url = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// Once for all tests, each of which awaits it.
    private static let definitions = Task {
        let kubectl = Kubectl(try TestCluster.current)
        try await kubectl.cluster.defineEtcdClusters()
        try await kubectl.output("apply", "-k", "\(tree)/webhook-deploy/crds")
        for kind in ["etcdbackups", "etcdrestores", "etcdrecoveries"] {
            try await kubectl.output(
                "wait", "--for=condition=Established", "--timeout=120s", "crd/\(kind).operator.etcd.io")
        }
    }

    func backup(_ name: String) async throws -> EtcdBackup { try await client.get(name: name) }

    /// Waits until it has ended, one way or the other.
    func endedBackup(_ name: String, within limit: Duration = .seconds(180)) async throws -> EtcdBackup {
        try await wait(for: "the end of EtcdBackup \(name)", within: limit) {
            let backup = try await backup(name)
            return backup.status?.phase?.isTerminal == true ? backup : nil
        }
    }

    /// What `look` returns once it is not nil.
    @discardableResult
    func wait<Value>(
        for what: String, within limit: Duration = .seconds(120), _ look: () async throws -> Value?
    ) async throws -> Value {
        try await eventually(what, within: limit, look) {
            let backups: [EtcdBackup] = try await client.list(in: .namespace(name)).items
            return ": \(backups.map { "\($0.metadata.name ?? ""): \(String(describing: $0.status))" })"
        }
    }

    /// `reason` of each Event about the object, in the order of their times.
    func events(about object: String) async throws -> [String] {
        let events: [Event] = try await client.list(in: .namespace(name)).items
        return events.filter { $0.involvedObject.name == object }
            .sorted { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }.compactMap(\.reason)
    }
}
