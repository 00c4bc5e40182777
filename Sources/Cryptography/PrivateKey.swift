import COpenSSL

/// A private key that prints, dumps and mirrors as "[private key]". Its secret leaves by `exposedPEM()` alone.
///
/// Equality is that of the key pair, however it was encoded.
package struct PrivateKey: Sendable {
    package enum Kind: Hashable, Sendable {
        case p256
        case rsa(bits: Int)
        /// A kind that we neither make nor sign with, by OpenSSL's name for it. It may still serve TLS.
        case other(String)
    }

    let handle: KeyHandle

    private init(owning pointer: OpaquePointer) {
        handle = KeyHandle(pointer)
    }

    /// A fresh key on the curve P-256.
    package static func generateP256() throws(CryptographyError) -> PrivateKey {
        defer { ErrorQueue.clear() }
        let context = try check(EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil), "allocating a key")
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_keygen_init(context), "preparing key generation")
        try check(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1), "choosing P-256")
        var key: OpaquePointer?
        try check(EVP_PKEY_generate(context, &key), "generating a P-256 key")
        return PrivateKey(owning: try check(key, "generating a P-256 key"))
    }

    /// The first private key in `pem`: PKCS#8, PKCS#1 (RSA) or SEC1 (EC). Not encrypted: there is nobody to ask.
    package init(pem: [UInt8]) throws(CryptographyError) {
        defer { ErrorQueue.clear() }
        let blocks = try PEM.blocks(in: pem)
        guard let block = blocks.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            let found = blocks.isEmpty ? "no PEM block" : "only \(blocks.map(\.label).joined(separator: ", "))"
            throw .unusable("private key", reason: "is missing: \(found) found")
        }
        guard block.label != "ENCRYPTED PRIVATE KEY", !block.text.contains("Proc-Type: 4,ENCRYPTED") else {
            throw .unusable("private key", reason: "is encrypted; store it without a passphrase")
        }
        let bio = try MemoryBIO(Array(block.text.utf8))
        // Without a callback OpenSSL would ask for a passphrase on the terminal.
        let refusePassphrase:
            @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) ->
                Int32 = { _, _, _, _ in -1 }
        guard let key = PEM_read_bio_PrivateKey(bio.pointer, nil, refusePassphrase, nil) else {
            throw .unusable("private key", reason: "in block \(block.label) does not load: \(ErrorQueue.drain())")
        }
        self.init(owning: key)
    }

    /// PKCS#8, unencrypted. Whoever calls this has the secret in hand.
    package func exposedPEM() throws(CryptographyError) -> String {
        defer { ErrorQueue.clear() }
        let bio = try MemoryBIO()
        try check(PEM_write_bio_PKCS8PrivateKey(bio.pointer, handle.pointer, nil, nil, 0, nil, nil), "encoding a key")
        return bio.text
    }

    package var kind: Kind {
        switch EVP_PKEY_get_base_id(handle.pointer) {
        case EVP_PKEY_RSA: .rsa(bits: Int(EVP_PKEY_get_bits(handle.pointer)))
        case EVP_PKEY_EC where handle.groupName == "prime256v1": .p256
        default: .other(handle.groupName ?? EVP_PKEY_get0_type_name(handle.pointer).map { String(cString: $0) } ?? "")
        }
    }
}

extension PrivateKey: Equatable {
    package static func == (one: PrivateKey, other: PrivateKey) -> Bool {
        defer { ErrorQueue.clear() }
        return EVP_PKEY_eq(one.handle.pointer, other.handle.pointer) == 1
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[private key]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Owns an `EVP_PKEY`. OpenSSL counts references and only reads the key once it exists, so threads may share it.
final class KeyHandle: @unchecked Sendable, CustomReflectable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The curve of an EC key.
    var groupName: String? {
        defer { ErrorQueue.clear() }
        var name = [CChar](repeating: 0, count: 80)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else { return nil }
        return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var customMirror: Mirror { Mirror(self, children: []) }
}
