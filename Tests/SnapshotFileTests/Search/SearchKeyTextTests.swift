import Testing

@testable import SnapshotFile

struct SearchKeyTextTests {
    @Test(arguments: [
        (Array("/registry/pods/a b".utf8), "/registry/pods/a b"),
        (Array("naïve/日本".utf8), "naïve/日本"),
        (Array(#"a\b"#.utf8), #"a\\b"#),
        ([0x00, 0x1B, 0x7F, 0xFF], #"\x00\x1b\x7f\xff"#),
        ([0x61, 0xC3], #"a\xc3"#),
        ([0xC3, 0x61], #"\xc3a"#),
        (Array("\u{202E}x".utf8), #"\xe2\x80\xaex"#),
        (Array("\u{200B}".utf8), #"\xe2\x80\x8b"#),
        (Array("\u{85}".utf8), #"\xc2\x85"#),
        ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#),
        ([], ""),
    ])
    func `a key has one readable form`(_ key: [UInt8], text: String) throws {
        #expect(withBytes(key) { KeyText.text(of: $0) } == text)
        #expect(try KeyText.key(of: text) == key)
    }

    @Test func `characters beyond ASCII may be escaped`() {
        #expect(withBytes("é\n") { KeyText.text(of: $0, asciiOnly: true) } == #"\xc3\xa9\x0a"#)
    }

    @Test func `any bytes come back from their text`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let key = (0..<Int.random(in: 0...40)).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try KeyText.key(of: withBytes(key) { KeyText.text(of: $0) }) == key)
        }
    }

    @Test(arguments: [#"a\"#, #"\x1"#, #"\xg0"#, #"\n"#, #"\x"#])
    func `half an escape is refused`(_ text: String) {
        #expect(throws: KeyText.Malformed(text: text)) { try KeyText.key(of: text) }
    }

    @Test func `capital digits are taken`() throws {
        #expect(try KeyText.key(of: #"\xFF"#) == [0xFF])
    }
}
