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
        let trouble = trouble(at: endpoint) ?? certificateHint(failure, endpoint)
        return (reachesAdvertised ? "" : "\(name(of: endpoint)): ") + "\(failure)" + (trouble.map { " (\($0))" } ?? "")
    }

    /// In TLS 1.3 a server that does not take the client's certificate says so after the handshake, by hanging up.
    private func certificateHint(_ failure: any Error, _ endpoint: EtcdEndpoint) -> String? {
        guard let error = failure as? EtcdError, case .transport(.connectionLost(_, bytesReceived: 0)) = error.reason,
            endpoint.url.hasPrefix("https:")
        else { return nil }
        return tls.clientCertificate == nil
            ? "as a member does that wants a client certificate: give --cert and --key"
            : "as a member does that does not accept the client certificate: check which authority signed it"
    }
}
