import CoreMetrics
import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import Logging
import ObjectStore
import Synchronization
import TestSupport

@testable import Controllers

/// The controller of EtcdBackups at work in one namespace, in this process.
enum RunningController {
    static func during<Value: Sendable>(
        in namespace: TestNamespace, _ change: (inout BackupController.Settings) -> Void = { _ in },
        _ body: @escaping @Sendable (BackupController) async throws -> Value
    ) async throws -> Value {
        var settings = BackupController.Settings()
        settings.scope = .namespace(namespace.name)
        settings.policy.rules.allowLocalEndpoints = true
        settings.policy.backoff = Backoff(initial: .milliseconds(200), limit: .seconds(1))
        change(&settings)
        let http = try HTTPClient(.init(proxy: .none))
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let controller = BackupController(
            namespace.client, settings: settings,
            stores: CredentialEnvironment(variable: { _ in nil }, http: http, local: http),
            metrics: NOOPMetricsHandler.instance, instance: "test", logger: logger)
        let value = try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try? await controller.run()
                return nil
            }
            group.addTask { try await body(controller) }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            throw MissingPart("the controller ended")
        }
        await http.shutdown()
        return value
    }
}

/// Where backups of a test go.
struct TestDestination: Sendable {
    let stores: TestStores
    var provider = Destination.Provider.s3
    let prefix: String
    var endpoint: String?
    var bucket = "bucket"

    /// For `spec.destination`; `secret` is made by `createSecret`.
    var manifest: String {
        provider == .s3
            ? """
            {provider: s3, prefix: "\(prefix)", secretRef: {name: store},
             s3: {bucket: \(bucket), endpoint: "\(endpoint ?? stores.s3Endpoint)", forcePathStyle: true}}
            """
            : """
            {provider: gcs, prefix: "\(prefix)", gcs: {bucket: \(bucket), endpoint: "\(stores.gcsEndpoint)"}}
            """
    }

    func createSecret(secret: String? = nil, in namespace: TestNamespace) async throws {
        let key = stores.all
        try await namespace.kubectl.output(
            "create", "secret", "generic", "store", "--from-literal=accessKeyID=\(key.id)",
            "--from-literal=secretAccessKey=\(secret ?? key.secret)")
    }

    func store(_ http: HTTPClient) throws -> ObjectStore {
        let key = stores.all
        let destination: StoreTarget =
            provider == .s3
            ? .s3(S3Location(bucket: bucket, endpoint: stores.s3Endpoint, usesPathStyle: true))
            : .gcs(GCSLocation(bucket: bucket, endpoint: stores.gcsEndpoint))
        let credentials: StoreCredentials =
            provider == .s3
            ? .secret { ["accessKeyID": SecretBytes(key.id), "secretAccessKey": SecretBytes(key.secret)] } : .ambient
        return ObjectStore.open(
            destination, as: credentials, in: CredentialEnvironment(variable: { _ in nil }, http: http, local: http))
    }

    /// Keys below the prefix.
    func keys() async throws -> [String] {
        let http = try HTTPClient(.init(proxy: .none))
        var keys: [String] = []
        for try await object in try store(http).objects(below: KeyPrefix(prefix)) { keys.append(object.key.text) }
        await http.shutdown()
        return keys
    }

    /// Of a whole object.
    func read(_ key: String) async throws -> [UInt8] {
        let http = try HTTPClient(.init(proxy: .none))
        let store = try store(http)
        let bytes = Bytes()
        try await store.read(try await store.head(ObjectKey(key))) { bytes.append($0) }
        await http.shutdown()
        return bytes.all
    }
}

private final class Bytes: Sendable {
    private let content = Mutex<[UInt8]>([])
    func append(_ chunk: [UInt8]) { content.withLock { $0 += chunk } }
    var all: [UInt8] { content.withLock { $0 } }
}

extension TestNamespace {
    /// For what this test writes.
    var prefix: String { "\(name)/etcd" }
}

/// An EtcdBackup of cluster `main`. `more` is added to its spec, after a comma.
func manifest(_ name: String, of cluster: String = "main", to destination: TestDestination, _ more: String = "")
    -> String
{
    """
    apiVersion: operator.etcd.io/v1alpha1
    kind: EtcdBackup
    metadata: {name: \(name)}
    spec: {clusterRef: \(cluster), destination: \(destination.manifest)\(more)}
    """
}
