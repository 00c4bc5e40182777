import COpenSSL
import FoundationEssentials
import Testing

@testable import Cryptography

struct PrivateKeyTests {
    @Test(arguments: [
        ("openssl ecparam -name prime256v1 -genkey -noout", PrivateKey.Kind.p256),  // SEC1
        ("openssl ecparam -name prime256v1 -genkey", .p256),  // SEC1 behind an EC PARAMETERS block
        ("openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256", .p256),  // PKCS#8
        ("openssl genrsa -traditional 2048 2>/dev/null", .rsa(bits: 2048)),  // PKCS#1
        ("openssl genrsa 2048 2>/dev/null", .rsa(bits: 2048)),  // PKCS#8
        ("openssl genrsa 2048 2>/dev/null | sed 's/$/\\r/'", .rsa(bits: 2048)),  // saved on Windows
        ("openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384", .other("secp384r1")),
        ("openssl genpkey -quiet -algorithm ED25519", .other("ED25519")),
    ])
    func loads(_ command: String, kind: PrivateKey.Kind) throws {
        let bench = try Workbench()
        try bench.run("( \(command) ) > key.pem")
        let key = try PrivateKey(pem: bench.read("key.pem"))
        #expect(key.kind == kind)
        // The command reads what we write, and finds the same public half.
        try bench.write(try key.exposedPEM(), to: "exported.pem")
        try bench.run(
            "openssl pkey -in key.pem -pubout > one; openssl pkey -in exported.pem -pubout > two; cmp one two")
        #expect(try PrivateKey(pem: bench.read("exported.pem")) == key)
        #expect(ERR_peek_error() == 0)
    }

    @Test(arguments: [
        ("true", "private key is missing: no PEM block found"),
        ("echo hello", "private key is missing: no PEM block found"),
        (
            "openssl genpkey -quiet -algorithm ED25519 | openssl pkey -pubout",
            "private key is missing: only PUBLIC KEY found"
        ),
        (
            "openssl genpkey -quiet -algorithm ED25519 | openssl pkcs8 -topk8 -passout pass:secret",
            "private key is encrypted; store it without a passphrase"
        ),
        (
            "openssl genrsa -traditional -aes128 -passout pass:secret 2048 2>/dev/null",
            "private key is encrypted; store it without a passphrase"
        ),
        ("openssl genrsa 2048 2>/dev/null | head -5", "PEM block PRIVATE KEY of line 1 does not end"),
    ])
    func refuses(_ command: String, message: String) throws {
        let bench = try Workbench()
        try bench.run("( \(command) ) > key.pem")
        let bytes = try bench.read("key.pem")
        let error = #expect(throws: CryptographyError.self) { try PrivateKey(pem: bytes) }
        #expect(error?.description == message)
        #expect(ERR_peek_error() == 0)
    }

    @Test func garbageInsideABlockIsRefusedWithOpenSSLsReason() {
        let error = #expect(throws: CryptographyError.self) {
            try PrivateKey(pem: Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8))
        }
        #expect(error?.description.hasPrefix("private key in block PRIVATE KEY does not load: ") == true)
        #expect(error?.description.contains("no reason given") == false)
        #expect(ERR_peek_error() == 0)
    }

    @Test func neverPrintsItself() throws {
        let key = try PrivateKey.generateP256()
        var dumped = ""
        dump([key], to: &dumped)
        #expect("\(key)" == "[private key]")
        #expect(String(reflecting: key) == "[private key]")
        #expect(dumped == "▿ 1 element\n  - [private key]\n")
        #expect(Mirror(reflecting: key).children.isEmpty)
        let authority = try CertificateAuthority.make(commonName: "a", at: .now, lifetime: .seconds(60))
        #expect(!"\(authority)".contains("0x"))
    }

    @Test func twoGeneratedKeysDiffer() throws {
        let key = try PrivateKey.generateP256()
        #expect(key.kind == .p256)
        #expect(try key != PrivateKey.generateP256())
    }
}

struct SignatureTests {
    /// RFC 7515, appendix A.2: RS256 has one right answer.
    @Test func rs256MatchesThePublishedValue() throws {
        let key = try PrivateKey(pem: Array(PublishedKeys.rfc7515RSA.utf8))
        let input =
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try key.sign(Array(input.utf8), with: .rs256)
        let bench = try Workbench()
        try bench.write(signature, to: "signature")
        #expect(
            try bench.run("base64 -w0 signature | tr '+/' '-_' | tr -d '='")
                == "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
                + "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
                + "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
                + "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw")
    }

    /// ES256 is randomized, so `openssl` verifies; many rounds meet numbers with leading zeros.
    @Test func es256IsWhatOpenSSLVerifies() throws {
        let bench = try Workbench()
        let key = try PrivateKey.generateP256()
        try bench.write(try key.exposedPEM(), to: "key.pem")
        try bench.run("openssl pkey -in key.pem -pubout > public.pem")
        let message = Array("a token".utf8)
        try bench.write(message, to: "message")
        // One in 128 has a leading zero; that 20,000 hold none is as good as impossible.
        var rounds = 0
        var signature: [UInt8]
        repeat {
            signature = try key.sign(message, with: .es256)
            try #require(signature.count == 64)
            rounds += 1
            guard rounds == 1 || Self.hasLeadingZero(signature) else { continue }
            try bench.write(Self.der(signature), to: "signature")
            let verdict = try bench.run("openssl dgst -sha256 -verify public.pem -signature signature message")
            #expect(verdict == "Verified OK\n")
        } while !Self.hasLeadingZero(signature) && rounds < 20_000
        #expect(Self.hasLeadingZero(signature))
    }

    static func hasLeadingZero(_ signature: [UInt8]) -> Bool {
        signature[0] == 0 || signature[32] == 0
    }

    @Test func aKeyOfTheWrongKindIsRefused() throws {
        let key = try PrivateKey.generateP256()
        let error = #expect(throws: CryptographyError.self) { try key.sign([], with: .rs256) }
        #expect(error?.description == "private key is EC P-256, which cannot sign RS256")
    }

    /// r and s as the DER sequence of two integers.
    static func der(_ signature: [UInt8]) -> [UInt8] {
        let integers = [signature[..<32], signature[32...]].flatMap { number -> [UInt8] in
            var number = Array(number.drop { $0 == 0 })
            if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
            return [2, UInt8(number.count)] + number
        }
        return [0x30, UInt8(integers.count)] + integers
    }
}
