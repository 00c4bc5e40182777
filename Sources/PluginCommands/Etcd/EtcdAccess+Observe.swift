import EtcdClient
import HTTP

extension EtcdAccess {
    /// Connects to nothing yet.
    func client() throws -> EtcdClient {
        try EtcdClient(
            EtcdClient.Configuration(
                endpoints: links.compactMap(\.endpoint), tls: tls,
                login: login,
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

    /// `failure` as a sentence, with what kubectl had to say.
    func describe(_ failure: any Error, at endpoint: EtcdEndpoint) -> String {
        let trouble = trouble(at: endpoint) ?? certificateHint(failure, endpoint)
        return naming(Self.plainly(failure)) + (trouble.map { " (\($0))" } ?? "")
    }

    /// Without the names of etcd's calls, and with the name of the flag where a limit is to be raised.
    private static func plainly(_ failure: any Error) -> String {
        let text = "\(failure)"
        guard let error = failure as? EtcdError else { return text }
        let questions = [
            "Status": "asking its status", "MemberList": "asking for the members", "Authenticate": "logging in",
        ]
        guard let question = questions[error.call], text.hasPrefix("\(error.call): ") else {
            // A snapshot's own limits are fixed.
            return error.call == "Snapshot" ? text.replacing("try again, or raise the limit", with: "try again") : text
        }
        return (question + text.dropFirst(error.call.count)).replacing(
            "raise the limit", with: "raise --command-timeout")
    }

    /// `text` with the pods' names in place of the local ports that lead to them.
    func naming(_ text: String) -> String {
        guard !reachesAdvertised else { return text }
        // The longest first: one may be the beginning of another.
        let names = links.compactMap { link in link.endpoint.map { ($0.url, link.name) } }
            .sorted { $0.0.utf8.count > $1.0.utf8.count }
        return names.reduce(text) { text, pair in
            let (url, name) = pair
            let authority = url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
            return text.replacing(url, with: name).replacing(authority, with: name)
        }
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
