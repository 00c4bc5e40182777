package import EtcdRecoverModel
import FoundationEssentials
package import HTTP
package import ObjectStore

extension ObjectStore {
    /// The store that an order names, opened with what the environment of the init container holds: the keys of its
    /// Secret, else what the place gives it. For the controller's volume that is the pod's token.
    package static func open(
        for order: RestoreOrder, variables: [String: String], http: HTTPClient, local: HTTPClient,
        limits: TransferLimits = .agent
    ) throws(AgentFailure) -> ObjectStore {
        if let server = order.rescue {
            return ObjectStore(RescueBackend(server: server, http: http, token: readRescueToken), limits: limits)
        }
        let target: StoreTarget
        do { target = try StoreTarget(order.destination) } catch { throw AgentFailure(.invalidOrder, "\(error)") }
        let credentials = StoreCredentials(for: order, variables: variables)
        let environment = CredentialEnvironment(variable: { variables[$0] }, http: http, local: local)
        return open(target, as: credentials, in: environment, limits: limits)
    }
}

extension HTTPClient.Configuration {
    /// For the store that an order names. The controller is in the cluster's network, where no proxy leads, and is known by
    /// its own authority alone.
    package static func agent(for order: RestoreOrder, userAgent: String) -> HTTPClient.Configuration {
        guard let server = order.rescue else { return HTTPClient.Configuration(userAgent: userAgent) }
        return HTTPClient.Configuration(
            tls: TLSOptions(certificateAuthorities: Array(server.caBundle.utf8)), proxy: .none, version: .http1,
            userAgent: userAgent)
    }
}

@Sendable private func readRescueToken() throws -> SecretBytes {
    let path = "\(EtcdRecovery.RescueServer.tokenDirectory)/\(EtcdRecovery.RescueServer.tokenFile)"
    guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
        throw AgentFailure(
            .storeUnreachable, "there is no token in \(path) yet, with which the controller gives its rescue copies",
            isTransient: true)
    }
    return SecretBytes(data)
}

extension StoreCredentials {
    fileprivate init(for order: RestoreOrder, variables: [String: String]) {
        guard let provider = order.destination.effectiveProvider, order.destination.secretRef?.name != nil else {
            self = .ambient
            return
        }
        var data: [String: SecretBytes] = [:]
        for (variable, key) in AgentVariable.credentials(for: provider) {
            data[key] = variables[variable].map { SecretBytes($0) }
        }
        self = .secret { [data] in data }
    }
}

extension TransferLimits {
    /// Gives up soon: the agent tries again by itself, and says why meanwhile.
    package static let agent = TransferLimits(
        retry: RetryPolicy(attempts: 3, initial: .milliseconds(200), limit: .seconds(2)))
}
