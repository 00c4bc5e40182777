package import EtcdRecoverModel
package import HTTP
package import ObjectStore

extension ObjectStore {
    /// The store that an order names, opened with what the environment of the init container holds: the keys of its
    /// Secret, else what the place gives it.
    package static func open(
        for order: RestoreOrder, variables: [String: String], http: HTTPClient, local: HTTPClient,
        limits: TransferLimits = .agent
    ) throws(AgentFailure) -> ObjectStore {
        let target: StoreTarget
        do { target = try StoreTarget(order.destination) } catch { throw AgentFailure(.invalidOrder, "\(error)") }
        let credentials = StoreCredentials(for: order, variables: variables)
        let environment = CredentialEnvironment(variable: { variables[$0] }, http: http, local: local)
        return open(target, as: credentials, in: environment, limits: limits)
    }
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
