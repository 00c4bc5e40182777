package import EtcdClient
package import HTTP

extension LocatedCluster {
    /// A client of the members at these endpoints, which ends with `body`.
    /// - Parameter token: of a login before, which a cluster without a majority takes and gives to nobody.
    package func withEtcd<Value>(
        at endpoints: [EtcdEndpoint], token: SecretBytes? = nil, deadline: Duration = .seconds(5),
        _ body: (EtcdClient) async throws -> Value
    ) async throws -> Value {
        let etcd = try EtcdClient(
            EtcdClient.Configuration(
                endpoints: endpoints, tls: tls.options, login: login, token: token, proxy: .none, deadline: deadline))
        do {
            let value = try await body(etcd)
            await etcd.shutdown()
            return value
        } catch {
            await etcd.shutdown()
            throw error
        }
    }
}
