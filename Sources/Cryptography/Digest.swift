import COpenSSL

/// The result of a hash function.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// Lower-case hexadecimal.
    package var description: String { bytes.hexadecimal }

    /// The digest of bytes that are all in memory.
    package static func of(_ bytes: [UInt8], with algorithm: DigestAlgorithm) throws(CryptographyError) -> Digest {
        var stream = try DigestStream(algorithm)
        stream.update(bytes)
        return stream.finalize()
    }

    package static func sha256(_ bytes: [UInt8]) throws(CryptographyError) -> Digest {
        try of(bytes, with: .sha256)
    }

    package static func md5(_ bytes: [UInt8]) throws(CryptographyError) -> Digest {
        try of(bytes, with: .md5)
    }
}

package enum DigestAlgorithm: Sendable {
    /// For protocols that ask for it (`Content-MD5`), never for security. Absent where OpenSSL runs in FIPS mode.
    case md5
    /// What etcd makes the ids of members and clusters of, never for security.
    case sha1
    case sha256
    case sha512

    var implementation: OpaquePointer {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}

/// A digest over bytes that arrive in parts, in constant memory.
///
/// Sendable, because there is only ever one owner.
package struct DigestStream: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    package init(_ algorithm: DigestAlgorithm) throws(CryptographyError) {
        context = try Self.started(algorithm)
    }

    deinit { EVP_MD_CTX_free(context) }

    private static func started(_ algorithm: DigestAlgorithm) throws(CryptographyError) -> OpaquePointer {
        let context = try check(EVP_MD_CTX_new(), "allocating a digest")
        guard EVP_DigestInit_ex(context, algorithm.implementation, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .failed("starting a digest", reason: ErrorQueue.drain())
        }
        return context
    }

    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { buffer in
            // Cannot fail for a digest that was started and not finalized.
            _ = EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
    }

    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span.bytes)
    }

    /// The digest of what came so far; more may follow.
    package func current() throws(CryptographyError) -> Digest {
        let copy = try check(EVP_MD_CTX_new(), "allocating a digest")
        guard EVP_MD_CTX_copy_ex(copy, context) == 1 else {
            EVP_MD_CTX_free(copy)
            throw .failed("copying a digest", reason: ErrorQueue.drain())
        }
        return DigestStream(adopting: copy).finalize()
    }

    private init(adopting context: OpaquePointer) { self.context = context }

    package consuming func finalize() -> Digest {
        var count: UInt32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, initialized in
            _ = EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
            initialized = Int(count)
        }
        return Digest(bytes: bytes)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
