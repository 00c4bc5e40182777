import HTTPTypes
import Testing

@testable import HTTP

struct CredentialTests {
    private let secret = SecretBytes("s3cr3t")

    @Test func nothingPrintsASecret() {
        let request = Request(
            .get, "http://127.0.0.1/", authorization: .basic(user: "me", password: secret))
        let tls = TLSOptions(clientCertificate: ClientCertificate(chain: [1], key: secret))
        let configuration = HTTPClient.Configuration(tls: tls, proxy: .url(secret))
        let values: [Any] = [secret, Optional(secret) as Any, [secret], ["key": secret], request, tls, configuration]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            let texts = [String(describing: value), String(reflecting: value), "\(value)", dumped]
            for text in texts {
                #expect(!text.contains("s3cr3t"))
                #expect(!text.contains("115, 51"))
            }
        }
        #expect("\(secret)" == "[redacted]")
    }

    @Test func theSecretIsStillThere() {
        #expect(secret.reveal() == "s3cr3t")
        #expect(secret.withUnsafeBytes { Array($0) } == Array("s3cr3t".utf8))
        #expect(secret == SecretBytes(Array("s3cr3t".utf8)))
        #expect(secret != SecretBytes("s3cr3T"))
        #expect(secret != SecretBytes("s3cr3"))
        #expect(SecretBytes("").isEmpty)
    }
}
