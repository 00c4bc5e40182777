import COpenSSL
package import FoundationEssentials
import Glibc

/// An X.509 certificate. Equal when the encoded bytes are.
package struct Certificate: Sendable {
    /// RFC 2253, for example `CN=etcdrecover-webhook,O=etcdrecover`.
    package let subject: String
    package let issuer: String
    package let notBefore: Date
    package let notAfter: Date
    package let names: [SubjectAlternativeName]
    /// Whether its basic constraints let it sign certificates.
    package let isAuthority: Bool
    /// SHA-256 of the encoded certificate.
    package let fingerprint: Digest

    let handle: CertificateHandle

    /// Takes ownership of `pointer`.
    init(owning pointer: OpaquePointer) throws(CryptographyError) {
        defer { ErrorQueue.clear() }
        handle = CertificateHandle(pointer)
        subject = try Self.text(of: X509_get_subject_name(pointer))
        issuer = try Self.text(of: X509_get_issuer_name(pointer))
        notBefore = try Self.date(X509_get0_notBefore(pointer))
        notAfter = try Self.date(X509_get0_notAfter(pointer))
        names = SubjectAlternativeName.names(of: pointer)
        isAuthority = X509_check_ca(pointer) == 1
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        try check(X509_digest(pointer, EVP_sha256(), &digest, &count), "taking a fingerprint")
        fingerprint = Digest(bytes: digest)
    }

    /// Every certificate of a bundle, in order; other blocks are skipped. One that cannot be read is an error that
    /// names its place, counted from 1. Empty input gives an empty list.
    package static func bundle(pem: [UInt8]) throws(CryptographyError) -> [Certificate] {
        defer { ErrorQueue.clear() }
        var certificates: [Certificate] = []
        for block in try PEM.blocks(in: pem) where block.label.hasSuffix("CERTIFICATE") {
            let bio = try MemoryBIO(Array(block.text.utf8))
            guard let pointer = PEM_read_bio_X509(bio.pointer, nil, nil, nil) else {
                throw .unusable(
                    "certificate \(certificates.count + 1)", reason: "does not load: \(ErrorQueue.drain())")
            }
            certificates.append(try Certificate(owning: pointer))
        }
        return certificates
    }

    package func isInForce(at time: Date) -> Bool {
        notBefore <= time && time < notAfter
    }

    /// Whether `key` is the private half of the certificate's key.
    package func matches(_ key: PrivateKey) -> Bool {
        defer { ErrorQueue.clear() }
        return X509_check_private_key(handle.pointer, key.handle.pointer) == 1
    }

    package func pem() throws(CryptographyError) -> String {
        defer { ErrorQueue.clear() }
        let bio = try MemoryBIO()
        try check(PEM_write_bio_X509(bio.pointer, handle.pointer), "encoding a certificate")
        return bio.text
    }

    private static func text(of name: OpaquePointer?) throws(CryptographyError) -> String {
        let bio = try MemoryBIO()
        guard X509_NAME_print_ex(bio.pointer, name, 0, openssl_shims_name_format()) >= 0 else {
            throw .failed("reading a name", reason: ErrorQueue.drain())
        }
        return bio.text
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptographyError) -> Date {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw .unusable("certificate", reason: "has a time that cannot be read")
        }
        return Date(timeIntervalSince1970: Double(timegm(&parts)))
    }
}

extension Certificate: Hashable {
    package static func == (one: Certificate, other: Certificate) -> Bool {
        one.fingerprint == other.fingerprint
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }
}

/// Owns an `X509`, which is only read once it exists.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }
}
