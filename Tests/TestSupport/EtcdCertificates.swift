/// A certificate authority with a server's and clients' certificates for etcd, made by the `openssl` command. PEM files.
package final class EtcdCertificates: Sendable {
    private let folder: TemporaryDirectory

    package enum Leaf: String, Sendable {
        /// For 127.0.0.1 and localhost; etcd's gateway to itself uses it as a client, too.
        case server
        /// A client whose common name is `root`.
        case root
        /// A client whose common name is `reader`.
        case reader
        /// A client of another authority.
        case stranger
    }

    package init() async throws {
        folder = try TemporaryDirectory()
        for authority in ["ca", "other-ca"] {
            try await openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(authority)",
                ["-keyout", key(of: authority), "-out", path(authority)])
        }
        try await issue(.server, by: "ca", extra: ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
        try await issue(.root, by: "ca")
        try await issue(.reader, by: "ca")
        try await issue(.stranger, by: "other-ca")
    }

    package var authority: String { path("ca") }
    package var otherAuthority: String { path("other-ca") }
    package func certificate(_ leaf: Leaf) -> String { path(leaf.rawValue) }
    package func key(_ leaf: Leaf) -> String { key(of: leaf.rawValue) }

    private func path(_ name: String) -> String { folder.path(of: "\(name).pem") }
    private func key(of name: String) -> String { folder.path(of: "\(name)-key.pem") }

    private func issue(_ leaf: Leaf, by authority: String, extra: [String] = []) async throws {
        let request = folder.path(of: "\(leaf.rawValue).csr")
        // etcd refuses a server's certificate with a common name once authentication is on.
        let subject = leaf == .server ? "/O=etcd" : "/CN=\(leaf.rawValue)"
        try await openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes",
            ["-subj", subject, "-keyout", key(leaf), "-out", request] + extra)
        try await openssl(
            "x509 -req -days 1 -copy_extensions copyall -CAcreateserial",
            ["-in", request, "-CA", path(authority), "-CAkey", key(of: authority), "-out", certificate(leaf)])
    }

    private func openssl(_ words: String, _ arguments: [String]) async throws {
        try await Command("openssl", words.split(separator: " ").map(String.init) + arguments).output()
    }
}
