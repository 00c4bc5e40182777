import Cryptography
import FoundationEssentials
import HTTP

/// AWS Signature Version 4, in the header fields of a request.
///
/// `path` and `query` are percent-encoded already, as they stand in the URL; S3 wants the path encoded once.
struct SignatureV4 {
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    var method: String
    var path: String
    /// Names and values, percent-encoded.
    var query: [(name: String, value: String)] = []
    /// All that is to be signed, `host` among them.
    var headers: [(name: String, value: String)]
    /// SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`.
    var payload: String
    var time: Date
    var region: String
    var service = "s3"

    var canonicalRequest: String {
        let fields = canonicalHeaders
        let pairs = query.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\($0.name)=\($0.value)" }
        return [
            method, path, pairs.joined(separator: "&"), fields.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders, payload,
        ].joined(separator: "\n")
    }

    var stringToSign: String {
        get throws(CryptographyError) {
            let digest = try Digest.sha256(Array(canonicalRequest.utf8))
            return "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(digest)"
        }
    }

    func signature(_ secret: SecretBytes) throws(CryptographyError) -> String {
        var key = Array("AWS4".utf8)
        secret.withUnsafeBytes { key += $0 }
        defer { for index in key.indices { key[index] = 0 } }
        for part in [String(stamp.prefix(8)), region, service, "aws4_request"] {
            key = try HMAC.sha256(key: key, Array(part.utf8))
        }
        return try HMAC.sha256(key: key, Array(try stringToSign.utf8)).hexadecimal
    }

    /// The value of the `Authorization` field.
    func authorization(_ credentials: AWSCredentials) throws(CryptographyError) -> String {
        let signature = try signature(credentials.secretAccessKey)
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
            + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
    }

    private var stamp: String { S3Time.stamp(time) }
    private var scope: String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }
    private var signedHeaders: String { canonicalHeaders.map(\.name).joined(separator: ";") }

    private var canonicalHeaders: [(name: String, value: String)] {
        headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }.sorted { $0.name < $1.name }
    }

    /// Without spaces around it, and with one for several.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
