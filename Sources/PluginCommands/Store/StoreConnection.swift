import EtcdRecoverModel
import HTTP
import KubernetesClient
import ObjectStore
import Synchronization

/// How a command reaches the stores that it names.
struct StoreConnection: Sendable {
    var options: StoreOptions
    /// The data of a Secret of the cluster; only asked where one is named.
    var secret: @Sendable (_ name: String) async throws -> [String: SecretBytes]
    var console: Console
    var environment = processEnvironment()

    init(_ options: StoreOptions, _ kubernetes: APIServerOptions<some UserFlag>, console: Console) {
        self.options = options
        self.console = console
        let secrets = SecretReader { try kubernetes.connect(console: console) }
        secret = { try await secrets.data(of: $0) }
    }

    /// Runs `body` with the store of a target, as whoever `secret` says: a Secret's name, else the flags'.
    func withStore<Value: Sendable>(
        _ target: StoreTarget, secret name: String? = nil, limits: TransferLimits = TransferLimits(),
        _ body: @Sendable (ObjectStore) async throws -> Value
    ) async throws -> Value {
        warn(about: target)
        var limits = limits
        limits.bytesPerSecond = try options.bytesPerSecond
        let tls = try authorities()
        let http = try HTTPClient(.init(tls: tls, version: .http1))
        let local = try HTTPClient(.init(proxy: .none, version: .http1))
        let credentials: StoreCredentials =
            (name ?? options.secret).map { name in .secret(read: { [secret] in try await secret(name) }) } ?? .ambient
        let environment = CredentialEnvironment(
            variable: { [environment] in environment[$0] }, http: http, local: local)
        let store = ObjectStore.open(target, as: credentials, in: environment, limits: limits)
        let result: Result<Value, any Error>
        do { result = .success(try await body(store)) } catch let error as StoreError {
            result = .failure(CommandFailure(error, of: target))
        } catch { result = .failure(error) }
        await http.shutdown()
        await local.shutdown()
        return try result.get()
    }

    /// What is sent in the clear can be read and changed by anybody on its way.
    private func warn(about target: StoreTarget) {
        let endpoint: String? =
            switch target {
            case .s3(let location, _): location.endpoint
            case .gcs(let location): location.endpoint
            case .directory: nil
            }
        guard let endpoint, EtcdEndpoints.isExposed(endpoint) else { return }
        console.warning("\(endpoint) is not encrypted: snapshots can be read and changed on their way".printable())
    }

    /// As the AWS CLI has it; these alone are trusted then.
    private func authorities() throws(CommandFailure) -> TLSOptions {
        guard let path = environment["AWS_CA_BUNDLE"], !path.isEmpty else { return TLSOptions() }
        do {
            return TLSOptions(certificateAuthorities: try FileBytes.read(path, limit: 1 << 20))
        } catch {
            throw CommandFailure("cannot read AWS_CA_BUNDLE \(path): \(error.message)")
        }
    }
}

/// Reads Secrets with one client, which is made when the first is read.
private final class SecretReader: Sendable {
    private let connect: @Sendable () throws -> KubernetesClient
    private let client = Mutex<KubernetesClient?>(nil)

    init(_ connect: @escaping @Sendable () throws -> KubernetesClient) { self.connect = connect }

    func data(of name: String) async throws -> [String: SecretBytes] {
        let client = try client.withLock { client in
            let connected = try client ?? connect()
            client = connected
            return connected
        }
        do {
            let secret: Secret = try await client.get(name: name)
            return Dictionary(
                uniqueKeysWithValues: secret.keys.compactMap { key in secret[key].map { (key, SecretBytes(Array($0))) }
                })
        } catch let error as KubernetesError where error.isNotFound {
            throw CommandFailure("secret \(name) not found in namespace \(client.configuration.namespace)")
        }
    }
}
