import NIOSSL

/// The CAs whose certificates API servers present to the webhook.
package struct ClientAuthorities: Sendable {
    let certificates: [NIOSSLCertificate]

    /// A bundle in PEM, read once: those who run the webhook restart it when they change it.
    package init(path: String) throws {
        let pem = try readFile(path, limit: 1 << 20)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty else {
            throw FileReadingError(path: path, reason: "has no CA certificate in PEM")
        }
        self.certificates = certificates
    }
}
