import Cryptography
import FoundationEssentials
import HTTP
import Testing

@testable import ObjectStore

/// AWS' published examples: "Signature Calculations for the Authorization Header" of the S3 API reference, and the
/// `get-vanilla` cases of its Signature Version 4 test suite.
struct SignatureTests {
    private static let example = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: SecretBytes("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    private static let day = Date(timeIntervalSince1970: 1_369_353_600)  // 2013-05-24

    @Test func signsAGetOfARangeAsPublished() throws {
        let request = SignatureV4(
            method: "GET", path: "/test.txt",
            headers: [
                ("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9"),
                ("x-amz-content-sha256", SignatureV4.emptyPayload), ("x-amz-date", "20130524T000000Z"),
            ], payload: SignatureV4.emptyPayload, time: Self.day, region: "us-east-1")
        #expect(
            try request.authorization(Self.example)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func signsAPutAsPublished() throws {
        let payload = try Digest.sha256(Array("Welcome to Amazon S3.".utf8)).description
        let request = SignatureV4(
            method: "PUT", path: PercentEncoding.path("/test$file.text"),
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("Host", "examplebucket.s3.amazonaws.com"),
                ("x-amz-date", "20130524T000000Z"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ("x-amz-content-sha256", payload),
            ], payload: payload, time: Self.day, region: "us-east-1")
        #expect(
            try request.signature(Self.example.secretAccessKey)
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test(arguments: [
        ([("lifecycle", "")], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            [("prefix", "J"), ("max-keys", "2")], "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ])
    func signsQueriesAsPublished(_ query: [(String, String)], _ signature: String) throws {
        let request = SignatureV4(
            method: "GET", path: "/", query: query.map { (name: $0.0, value: $0.1) },
            headers: [
                ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", SignatureV4.emptyPayload),
                ("x-amz-date", "20130524T000000Z"),
            ], payload: SignatureV4.emptyPayload, time: Self.day, region: "us-east-1")
        #expect(try request.signature(Self.example.secretAccessKey) == signature)
    }

    /// Names, values and expected signatures of the suite `aws-sig-v4-test-suite`.
    @Test(
        arguments: [
            ("GET", "/", [], [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "GET", "/", [("Param1", "value2"), ("Param1", "Value1")], [],
                "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"
            ),
            ("POST", "/", [], [], "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "GET", "/", [], [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
            ),
            ("GET", "/%E1%88%B4", [], [], "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        ] as [(String, String, [(String, String)], [(String, String)], String)])
    func signsAsTheTestSuiteSays(
        _ method: String, _ path: String, _ query: [(String, String)], _ headers: [(String, String)],
        _ signature: String
    ) throws {
        let request = SignatureV4(
            method: method, path: path, query: query.map { (name: $0.0, value: $0.1) },
            headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")]
                + headers.map { (name: $0.0, value: $0.1) },
            payload: SignatureV4.emptyPayload, time: Date(timeIntervalSince1970: 1_440_938_160), region: "us-east-1",
            service: "service")
        #expect(
            try request.signature(SecretBytes("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")) == signature)
    }
}
