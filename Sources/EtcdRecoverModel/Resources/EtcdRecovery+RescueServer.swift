extension EtcdRecovery {
    /// Where members get the rescue copies from that lie on the controller's own volume, for want of an object store.
    package struct RescueServer: Codable, Hashable, Sendable {
        /// `https://host:port`, as the members' pods reach it.
        package var url: String
        /// PEM. Its certificate is checked against this and nothing else.
        package var caBundle: String

        package init(url: String, caBundle: String) {
            self.url = url
            self.caBundle = caBundle
        }
    }
}

extension EtcdRecovery.RescueServer {
    /// What the tokens are for that members' init containers show it. They are good for nothing else.
    package static let audience = "etcdrecover-rescue"
    /// Of the init container.
    package static let tokenDirectory = "/var/run/secrets/etcdrecover-rescue"
    package static let tokenFile = "token"

    private static let scheme = "controller:///"

    /// As a status tells where a copy lies: `controller:///NAMESPACE/UID/MEMBER-TIME.db`.
    package static func location(ofKey key: String) -> String { scheme + key }

    /// Nil of what lies in an object store.
    package static func key(ofLocation location: String) -> String? {
        location.hasPrefix(scheme) ? String(location.dropFirst(scheme.count)) : nil
    }

    /// Keys are made of names, which stand for themselves in a URL.
    package func url(ofKey key: String) -> String { "\(url)/\(key)" }
}
