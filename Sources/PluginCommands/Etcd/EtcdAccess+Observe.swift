import EtcdClient
import HTTP

extension EtcdAccess {
    /// Connects to nothing yet.
    func client() throws -> EtcdClient {
        try EtcdClient(
            EtcdClient.Configuration(
                endpoints: links.compactMap(\.endpoint), tls: tls,
                login: login.map { EtcdClient.Login(user: $0.user, password: $0.password) },
                // What leads to a pod leads through this machine.
                proxy: reachesAdvertised ? .environment : .none, deadline: callLimit))
    }

    /// What a person calls `endpoint`: the pod behind it, or itself.
    func name(of endpoint: EtcdEndpoint) -> String {
        links.first { $0.endpoint == endpoint }?.name ?? endpoint.url
    }

    /// What the way to `endpoint` complains of, to be told beside a failure there; nil when nothing is known.
    func trouble(at endpoint: EtcdEndpoint) -> String? {
        links.first { $0.endpoint == endpoint }?.trouble()
    }

    /// `failure` as a sentence that names the pod, where there is one, and what kubectl had to say.
    func describe(_ failure: any Error, at endpoint: EtcdEndpoint) -> String {
        let trouble = trouble(at: endpoint).map { " (\($0))" } ?? ""
        return (reachesAdvertised ? "" : "\(name(of: endpoint)): ") + "\(failure)" + trouble
    }
}
