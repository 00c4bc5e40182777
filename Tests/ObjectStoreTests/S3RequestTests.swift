import Cryptography
import FoundationEssentials
import HTTP
import HTTPTypes
import Testing

@testable import ObjectStore

struct S3RequestTests {
    private static let signer = AWSCredentials(
        accessKeyID: "A", secretAccessKey: SecretBytes("geheim"), sessionToken: SecretBytes("fluechtig"))

    private func request(
        _ endpoint: String?, _ body: [UInt8]?, md5: Bool = false, signer: AWSCredentials? = signer
    ) throws -> Request {
        let client = S3Client(
            S3Location(bucket: "b", endpoint: endpoint), http: try HTTPClient(), credentials: nil,
            deadlines: StoreDeadlines(), policy: .test, clock: StoreClock(now: { Date(timeIntervalSince1970: 0) }),
            sendsContentMD5: md5)
        let call = S3Call(operation: .put, method: .put, key: "k", body: body.map { .bytes($0) })
        return try client.request(call, signer, region: "us-east-1", offset: 3600)
    }

    private func field(_ name: StaticString, of request: Request) -> String? { request.headers[.known(name)] }

    /// Digesting a body costs more than sending it; over TLS nothing can change on the way.
    @Test func signsBodiesWhereNothingElseProtectsThem() throws {
        let digest = try Digest.sha256([1, 2, 3]).description
        #expect(try field("x-amz-content-sha256", of: request("http://store", [1, 2, 3])) == digest)
        #expect(try field("x-amz-content-sha256", of: request("https://store", [1, 2, 3])) == "UNSIGNED-PAYLOAD")
        #expect(try field("x-amz-content-sha256", of: request(nil, [1, 2, 3])) == "UNSIGNED-PAYLOAD")
        #expect(try field("x-amz-content-sha256", of: request(nil, nil)) == SignatureV4.emptyPayload)
    }

    @Test func signsByTheStoresClock() throws {
        #expect(try field("x-amz-date", of: request(nil, nil)) == "19700101T010000Z")
    }

    @Test func keepsTheSessionTokenOutOfWhatMayBePrinted() throws {
        let request = try request(nil, [1])
        #expect(request.authorization == .token(SecretBytes("fluechtig"), field: .known("x-amz-security-token")))
        #expect(field("authorization", of: request)?.contains("x-amz-security-token") == true)
        #expect(!"\(request)".contains("fluechtig") && !"\(request)".contains("geheim"))
    }

    @Test func sendsADigestOnlyWhereItIsWanted() throws {
        #expect(try field("content-md5", of: request(nil, [1, 2, 3])) == nil)
        #expect(try field("content-md5", of: request(nil, [1, 2, 3], md5: true)) == "Uonfc331cyb83SJZevsfrA==")
    }

    @Test func goesUnsignedWithoutCredentials() throws {
        let request = try request("http://store", [1], signer: nil)
        #expect(request.authorization == nil && request.headers.isEmpty)
    }
}
