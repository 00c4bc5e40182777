import COpenSSL

/// The signatures of JSON Web Tokens (RFC 7518, section 3).
package enum SignatureAlgorithm: String, Sendable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
}

extension PrivateKey {
    /// The signature as a token carries it, before base64: for ES256 the two numbers r and s, 32 bytes each.
    package func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm) throws(CryptographyError) -> [UInt8] {
        defer { ErrorQueue.clear() }
        switch (algorithm, kind) {
        case (.rs256, .rsa): return try digestSign(message)
        case (.es256, .p256): return try Self.fixedWidth(try digestSign(message))
        default: throw .unusable("private key", reason: "is \(kind.name), which cannot sign \(algorithm.rawValue)")
        }
    }

    private func digestSign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let context = try check(EVP_MD_CTX_new(), "allocating a signature")
        defer { EVP_MD_CTX_free(context) }
        try check(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle.pointer), "preparing a signature")
        var count = 0
        try check(EVP_DigestSign(context, nil, &count, message, message.count), "measuring a signature")
        var signature = [UInt8](repeating: 0, count: count)
        try check(EVP_DigestSign(context, &signature, &count, message, message.count), "signing")
        return Array(signature.prefix(count))
    }

    /// ECDSA signatures come as DER; tokens want r and s side by side.
    private static func fixedWidth(_ der: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let signature = try der.withUnsafeBufferPointer { buffer throws(CryptographyError) in
            var start = buffer.baseAddress
            return try check(d2i_ECDSA_SIG(nil, &start, buffer.count), "reading an ECDSA signature")
        }
        defer { ECDSA_SIG_free(signature) }
        var r = [UInt8](repeating: 0, count: 32)
        var s = r
        guard BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, 32) == 32,
            BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, 32) == 32
        else { throw .failed("reading an ECDSA signature", reason: ErrorQueue.drain()) }
        return r + s
    }
}

extension PrivateKey.Kind {
    /// In words, for messages.
    package var name: String {
        switch self {
        case .p256: "EC P-256"
        case .rsa(let bits): "RSA \(bits)"
        case .other(let name): name
        }
    }
}
