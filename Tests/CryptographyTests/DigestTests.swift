import Testing

@testable import Cryptography

struct DigestTests {
    /// FIPS 180-4 examples (NIST), and RFC 1321 appendix A.5 for MD5.
    @Test(arguments: [
        (DigestAlgorithm.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ])
    func matchesThePublishedValue(_ algorithm: DigestAlgorithm, _ text: String, expected: String) throws {
        #expect(try Digest.of(Array(text.utf8), with: algorithm).description == expected)
    }

    @Test func aMillionBytesInPartsGiveThePublishedValue() throws {
        var stream = try DigestStream(.sha256)
        var left = 1_000_000
        var size = 1
        while left > 0 {
            stream.update([UInt8](repeating: 0x61, count: min(size, left)))
            left -= min(size, left)
            size = size * 7 % 8_191
        }
        #expect(
            stream.finalize().description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func anAbandonedStreamFreesItself() throws {
        for _ in 0..<1_000 { _ = try DigestStream(.sha512) }
    }

    /// RFC 4231, test cases 1, 2, 3 and 6, and an empty key, which OpenSSL could take for "as before".
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func authenticationCodeMatchesThePublishedValue(_ key: [UInt8], _ message: String, expected: String) throws {
        #expect(try HMAC.sha256(key: key, Array(message.utf8)).hexadecimal == expected)
    }
}
