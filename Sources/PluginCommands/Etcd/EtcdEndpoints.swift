import EtcdRecoverModel

/// Client URLs as they are typed.
enum EtcdEndpoints {
    /// The flags' endpoints, else those of `ETCDCTL_ENDPOINTS`; each once, in order. Without a scheme it is https where
    /// there is a certificate of any kind, else http, as in etcdctl. Empty when none is named.
    static func resolve(
        _ flags: [String], environment: [String: String], usesTLS: Bool
    ) throws(CommandFailure) -> [String] {
        let typed = flags.isEmpty ? [environment["ETCDCTL_ENDPOINTS"] ?? ""] : flags
        var endpoints: [String] = []
        for text in typed.joined(separator: ",").split(separator: ",").map({ String($0).trimmingSpaces() })
        where !text.isEmpty {
            let url = try self.url(text, usesTLS: usesTLS)
            if !endpoints.contains(url) { endpoints.append(url) }
        }
        return endpoints
    }

    private static func url(_ text: String, usesTLS: Bool) throws(CommandFailure) -> String {
        if text.hasPrefix("unix:") || text.hasPrefix("unixs:") {
            throw CommandFailure("endpoint \(text): Unix sockets are not supported; give a client URL", status: .usage)
        }
        var url = text.contains("://") ? text : (usesTLS ? "https://" : "http://") + text
        while url.hasSuffix("/") { url.removeLast() }
        let problems = EndpointURL.problems(in: url)
        guard problems.isEmpty else {
            throw CommandFailure(
                "endpoint \(EndpointURL.printable(text)) \(problems.joined(separator: "; "))",
                hint: "an endpoint is a client URL like https://10.0.0.1:2379", status: .usage)
        }
        return url
    }

    /// Whether what is sent there can be read on its way.
    static func isExposed(_ url: String) -> Bool {
        guard let endpoint = EndpointURL(url) else { return true }
        return !endpoint.isSecure && endpoint.host.localPlace != .loopback
    }
}
