import EtcdRecoverModel

/// The etcd of a pod, as its settings tell how it is reached.
package struct EtcdProcess: Sendable {
    private let settings: EtcdSettings

    /// `configMaps`: the text of those that the container's environment refers to, by name.
    package init(_ pod: MemberPod, configMaps: [String: [String: String]] = [:]) {
        settings =
            pod.etcdContainer.map { EtcdSettings(of: $0, configMaps: configMaps, field: pod.field) }
            ?? EtcdSettings(command: [], environment: [:])
    }

    /// Of a flag by its name without dashes: `cert-file`.
    package subscript(flag: String) -> String? { settings[flag] }

    /// Where it listens for clients. A port-forward arrives at the pod's loopback, so an address that takes those is first.
    package var clientListener: Listener {
        let all = (self["listen-client-urls"] ?? "").split(separator: ",").compactMap { Listener(String($0)) }
        return all.first(where: \.takesLoopback) ?? all.first ?? Listener(scheme: "http", host: "localhost", port: 2379)
    }

    /// Where clients are told to go; nil when it is not known.
    package var advertised: Listener? {
        let all = (self["advertise-client-urls"] ?? "").split(separator: ",").compactMap { Listener(String($0)) }
        // What was not expanded is no name.
        return (all.first { $0.scheme == "https" } ?? all.first).flatMap { $0.host.contains("$") ? nil : $0 }
    }

    /// The host that clients are told to use, which its certificate therefore names; nil when it is not known.
    package var advertisedHost: String? { advertised?.host }

    package struct Listener: Hashable, Sendable {
        package var scheme: String
        /// Without brackets.
        package var host: String
        package var port: UInt16

        package init(scheme: String, host: String, port: UInt16) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }

        var takesLoopback: Bool { ["0.0.0.0", "::", "127.0.0.1", "::1", "localhost", ""].contains(host) }
    }
}

extension EtcdProcess.Listener {
    /// From `https://0.0.0.0:2379`; nil for anything else, Unix sockets included.
    init?(_ url: String) {
        let url = String(url.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard let separator = url.firstRange(of: "://") else { return nil }
        let scheme = String(url[..<separator.lowerBound])
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = url[separator.upperBound...].prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[authority.index(after: colon)...])
        else { return nil }
        self.init(scheme: scheme, host: String(authority[..<colon].filter { $0 != "[" && $0 != "]" }), port: port)
    }
}

extension MemberPod {
    /// What a `fieldRef` stands for.
    fileprivate func field(_ path: String) -> String? {
        switch path {
        case "metadata.name": metadata.name
        case "metadata.namespace": metadata.namespace
        case "metadata.uid": metadata.uid
        case "spec.nodeName": spec.nodeName
        case "status.podIP", "status.podIPs": status?.podIP
        case "status.hostIP": status?.hostIP
        default: nil
        }
    }
}
