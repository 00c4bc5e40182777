import FoundationEssentials
import Testing
import YAML

@testable import EtcdRecoverModel

@Suite struct SecretTests {
    private static func secret(_ yaml: String) throws -> Secret {
        let document = try #require(YAMLParser.read(Array(yaml.utf8)).documents.first)
        return try JSONDecoder().decode(Secret.self, from: Data(document.jsonBytes()))
    }

    private static func manifest(_ data: String) -> String {
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: s3}
        type: Opaque
        stringData: {plain: text}
        data:
        \(data)
        """
    }

    @Test(arguments: [
        "  key: aHVzaC1odXNo", "  key: |\n    aHVzaC1odXNo\n", "  key: |\n    aHVz\n    aC1o\n    dXNo\n",
        #"  key: "aHVz\r\naC1odXNo\r\n""#,
    ])
    func lineBreaksInBase64AreSkipped(_ data: String) throws {
        let secret = try Self.secret(Self.manifest(data))
        #expect(secret["key"] == Data("hush-hush".utf8))
        #expect(secret["plain"] == Data("text".utf8))
        #expect(secret.type == "Opaque")
        let again = try JSONDecoder().decode(Secret.self, from: JSONEncoder().encode(secret))
        #expect(again == secret)
    }

    @Test func aNullIsEmpty() throws {
        #expect(try Self.secret(Self.manifest("  key: null"))["key"] == Data())
    }

    @Test(arguments: ["hush hush", "aHVzaC1odXN", "aHVz-aC1", "12", "[a]"])
    func whatIsNoBase64IsRefusedWithoutBeingRepeated(_ text: String) {
        #expect {
            try Self.secret(Self.manifest("  key: \(text)"))
        } throws: { error in
            error is DecodingError && !"\(error)".contains("hush") && !"\(error)".contains("aHVz")
        }
    }
}
