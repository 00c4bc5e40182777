import COpenSSL
import FoundationEssentials

/// What every certificate of ours has, whoever signs it: version 3, SHA-256, a random serial number of 128 bits.
struct CertificateTemplate {
    /// At most 64 characters (RFC 5280, ub-common-name).
    let commonName: String
    let notBefore: Date
    let notAfter: Date

    /// - Parameters:
    ///   - issuer: nil for a certificate that signs itself.
    ///   - extensions: NIDs with values in the notation of openssl.cnf; constants of ours, never input.
    func sign(
        publicKeyOf key: PrivateKey, by signer: PrivateKey, issuer: Certificate?,
        extensions: [(nid: Int32, value: String)], names: [SubjectAlternativeName]
    ) throws(CryptographyError) -> Certificate {
        defer { ErrorQueue.clear() }
        guard (1...64).contains(commonName.count) else {
            throw .unusable("common name \"\(commonName)\"", reason: "must have 1 to 64 characters")
        }
        guard notBefore < notAfter else {
            throw .unusable("certificate for \(commonName)", reason: "would end before it begins")
        }
        let pointer = try check(X509_new(), "allocating a certificate")
        // Owned from here on, whatever throws.
        let owner = CertificateHandle(pointer)
        defer { withExtendedLifetime(owner) {} }
        try check(X509_set_version(pointer, Int(X509_VERSION_3)), "setting the version")
        try setSerial(pointer)
        ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(notBefore.timeIntervalSince1970.rounded(.down)))
        ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(notAfter.timeIntervalSince1970.rounded(.down)))
        let subject = X509_get_subject_name(pointer)
        let name = Array(commonName.utf8)
        try check(
            X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name, Int32(name.count), -1, 0),
            "naming the certificate")
        let issuerPointer = issuer?.handle.pointer ?? pointer
        try check(X509_set_issuer_name(pointer, X509_get_subject_name(issuerPointer)), "naming the issuer")
        try check(X509_set_pubkey(pointer, key.handle.pointer), "setting the public key")

        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuerPointer, pointer, nil, nil, 0)
        for (nid, value) in extensions {
            let entry = try check(X509V3_EXT_conf_nid(nil, &context, nid, value), "making the extension \(value)")
            defer { X509_EXTENSION_free(entry) }
            try check(X509_add_ext(pointer, entry, -1), "adding the extension \(value)")
        }
        if !names.isEmpty { try SubjectAlternativeName.add(names, to: pointer) }
        guard X509_sign(pointer, signer.handle.pointer, EVP_sha256()) > 0 else {
            throw .failed("signing a certificate", reason: ErrorQueue.drain())
        }
        X509_up_ref(pointer)
        return try Certificate(owning: pointer)
    }

    private func setSerial(_ pointer: OpaquePointer) throws(CryptographyError) {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let number = try check(BN_bin2bn(bytes, Int32(bytes.count), nil), "making a serial number")
        defer { BN_free(number) }
        _ = try check(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)), "making a serial number")
    }
}
