import COpenSSL
package import FoundationEssentials

/// A certificate that may sign others, with its key.
package struct CertificateAuthority: Sendable {
    /// How far before its making a certificate is valid already, for clients whose clocks are behind.
    package static let backdating: Duration = .seconds(300)

    package let certificate: Certificate
    package let key: PrivateKey

    /// Pairs them. The key must be the certificate's, and the certificate an authority's.
    package init(certificate: Certificate, key: PrivateKey) throws(CryptographyError) {
        guard certificate.matches(key) else {
            throw .unusable("private key", reason: "is not that of \(certificate.subject)")
        }
        guard certificate.isAuthority else {
            throw .unusable(certificate.subject, reason: "is not a certificate authority")
        }
        self.certificate = certificate
        self.key = key
    }

    /// A fresh, self-signed authority that signs serving certificates and nothing below them.
    package static func make(
        commonName: String, at now: Date, lifetime: Duration
    ) throws(CryptographyError) -> CertificateAuthority {
        let key = try PrivateKey.generateP256()
        let certificate = try CertificateTemplate(
            commonName: commonName, notBefore: now - backdating, notAfter: now + lifetime
        ).sign(
            publicKeyOf: key, by: key, issuer: nil,
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,keyCertSign"),
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
            ], names: [])
        return CertificateAuthority(unchecked: certificate, key: key)
    }

    /// A certificate for a TLS server, with a fresh key. It never outlives the authority.
    package func issueServing(
        commonName: String, names: [SubjectAlternativeName], at now: Date, lifetime: Duration
    ) throws(CryptographyError) -> (certificate: Certificate, key: PrivateKey) {
        guard !names.isEmpty else { throw .unusable("serving certificate", reason: "needs a name") }
        let key = try PrivateKey.generateP256()
        let certificate = try CertificateTemplate(
            commonName: commonName,
            notBefore: max(now - Self.backdating, certificate.notBefore),
            notAfter: min(now + lifetime, certificate.notAfter)
        ).sign(
            publicKeyOf: key, by: self.key, issuer: certificate,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "serverAuth"),
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
            ], names: names)
        return (certificate, key)
    }

    private init(unchecked certificate: Certificate, key: PrivateKey) {
        self.certificate = certificate
        self.key = key
    }
}

extension Date {
    package static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration / .seconds(1))
    }

    package static func - (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(-(duration / .seconds(1)))
    }
}
