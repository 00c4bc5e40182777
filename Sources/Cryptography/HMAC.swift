import COpenSSL

package enum HMAC {
    /// The 32-byte authentication code of `message` (RFC 2104 with SHA-256).
    package static func sha256(key: [UInt8], _ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard key.count <= Int(Int32.max) else { throw .unusable("HMAC key", reason: "is larger than 2 GiB") }
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        // OpenSSL takes a null key for "the key of last time", so an empty one still needs an address.
        let keyOrAddress = key.isEmpty ? [0] : key
        let result = COpenSSL.HMAC(
            EVP_sha256(), keyOrAddress, Int32(key.count), message, message.count, &code, &count)
        _ = try check(result, "computing an HMAC")
        return code
    }
}
