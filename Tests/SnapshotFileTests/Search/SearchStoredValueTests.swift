import Testing

@testable import SnapshotFile

struct SearchStoredValueTests {
    static let examples: [(value: [UInt8], name: String)] = [
        (protobufObject(apiVersion: "apps/v1", kind: "Deployment"), "protobuf (apps/v1 Deployment)"),
        (protobufObject(apiVersion: "v1", kind: "Pod", raw: [UInt8](repeating: 7, count: 300)), "protobuf (v1 Pod)"),
        (bytes("k8s\u{0}"), "protobuf"),
        (bytes("k8s\u{0}", [0x0A, 0xFF]), "protobuf"),
        (bytes(#"{"apiVersion":"v1"}"#), "json"),
        (bytes("\n  {}"), "json"),
        ([0xD9, 0xD9, 0xF7, 0xA0], "cbor"),
        (bytes("k8s:enc:aescbc:v1:key1:", [0x00, 0xFF]), "encrypted (aescbc, key1)"),
        (bytes("k8s:enc:secretbox:v1:k:x"), "encrypted (secretbox, k)"),
        (bytes("k8s:enc:kms:v2:vault:", [0x0A, 0x24]), "encrypted (kms v2, vault)"),
        (bytes("k8s:enc:kms:v1:cloud:x"), "encrypted (kms v1, cloud)"),
        (bytes("k8s:enc:"), "encrypted (unknown)"),
        (bytes("1234"), "text"),
        (bytes("naïve\n"), "text"),
        ([0x01, 0x02], "binary"),
        ([0x61, 0xFF], "binary"),
        ([], "empty"),
    ]

    private static func bytes(_ text: String, _ more: [UInt8] = []) -> [UInt8] { Array(text.utf8) + more }

    @Test(arguments: Self.examples)
    func `a value is named for what it is`(_ value: [UInt8], name: String) {
        #expect(withBytes(value) { StoredValue($0).description } == name)
    }

    @Test func `a long text is text wherever the sample of it ends`() {
        for padding in 0..<4 {
            let value = [UInt8](repeating: 0x61, count: 4090 + padding) + Array("日本日本日本".utf8)
            #expect(withBytes(value) { StoredValue($0) } == .text)
        }
    }

    @Test func `the names in a type are bounded`() {
        let value = protobufObject(apiVersion: String(repeating: "v", count: 300), kind: "Pod")
        #expect(withBytes(value) { StoredValue($0) } == .protobuf(apiVersion: "", kind: "Pod"))
    }
}
