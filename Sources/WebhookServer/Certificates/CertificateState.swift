import Cryptography

/// The keys of the Secret that all replicas share.
enum SecretKey {
    /// Every CA that API servers are to trust, the signing one among them.
    static let authorities = "ca.crt"
    static let authorityKey = "ca.key"
    static let leaf = "tls.crt"
    static let leafKey = "tls.key"
    /// A CA that is being published and signs nothing yet.
    static let nextAuthority = "next-ca.crt"
    static let nextAuthorityKey = "next-ca.key"
}

/// What the Secret holds, as far as it can be used. Reading never fails: what is broken is absent, and said.
struct CertificateState: Sendable {
    /// All of `ca.crt`.
    var trusted: [Certificate] = []
    /// The certificate of `ca.crt` that `ca.key` belongs to.
    var authority: CertificateAuthority?
    var leaf: ServingIdentity?
    var next: CertificateAuthority?
    /// Why something that is there cannot be used: key of the Secret and reason.
    var problems: [String] = []

    init(_ data: [String: [UInt8]]) {
        func present(_ key: String) -> [UInt8]? {
            data[key].flatMap { $0.isEmpty ? nil : $0 }
        }
        func read<Value>(_ key: String, _ body: () throws -> Value?) -> Value? {
            do { return try body() } catch {
                problems.append("\(key): \(error)")
                return nil
            }
        }
        if let pem = present(SecretKey.authorities) {
            trusted = read(SecretKey.authorities) { try Certificate.bundle(pem: pem) } ?? []
        }
        if let pem = present(SecretKey.authorityKey) {
            authority = read(SecretKey.authorityKey) { try Self.authority(among: trusted, keyPEM: pem) }
        }
        if let chain = present(SecretKey.leaf) {
            leaf = read(SecretKey.leaf) {
                try ServingIdentity(chainPEM: chain, keyPEM: present(SecretKey.leafKey) ?? [])
            }
        }
        if let pem = present(SecretKey.nextAuthority) {
            next = read(SecretKey.nextAuthority) {
                try Self.authority(
                    among: Certificate.bundle(pem: pem), keyPEM: present(SecretKey.nextAuthorityKey) ?? [])
            }
        }
    }

    /// What API servers are to trust because of this Secret.
    var authorities: [Certificate] {
        trusted + (next.map { [$0.certificate] } ?? [])
    }

    private static func authority(
        among certificates: [Certificate], keyPEM: [UInt8]
    ) throws(CryptographyError) -> CertificateAuthority {
        let key = try PrivateKey(pem: keyPEM)
        guard let certificate = certificates.first(where: { $0.matches(key) }) else {
            throw .unusable("private key", reason: "belongs to none of the \(certificates.count) certificates")
        }
        return try CertificateAuthority(certificate: certificate, key: key)
    }
}
