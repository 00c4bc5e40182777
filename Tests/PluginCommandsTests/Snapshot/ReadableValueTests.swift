import Testing

@testable import PluginCommands
@testable import SnapshotFile

/// What `get` shows on a terminal.
struct ReadableValueTests {
    static let examples: [(value: [UInt8], shown: String, note: String)] = [
        (Array("{\"a\":\n\"b\"}".utf8), "{\"a\":\n\"b\"}\n", ""),
        (
            Array("clear\u{1B}[2J\u{9B}2J".utf8), #"clear\x1b[2J\xc2\x9b2J"# + "\n",
            "note: binary, 13 bytes, shown with escapes; "
        ),
        (Array("{\u{1B}[2J}".utf8), #"{\u{1B}[2J}"# + "\n", ""),
        (
            [0x6B, 0x38, 0x73, 0x00, 0xC3, 0xA9], #"k8s\x00\xc3\xa9"# + "\n",
            "note: protobuf, 6 bytes, shown with escapes; "
        ),
        ([], "", "the value is empty\n"),
    ]

    @Test(arguments: Self.examples)
    func `a value cannot do harm there`(_ value: [UInt8], shown: String, note: String) throws {
        let captured = try CapturedConsole()
        // Field 5 of the message; the bytes stay where they are until the value was printed.
        let message: [UInt8] = value.isEmpty ? [] : [5 << 3 | 2, UInt8(value.count)] + value
        try message.withUnsafeBytes { buffer in
            let bytes = buffer.baseAddress.map { Bytes(start: $0, count: buffer.count) } ?? .empty
            let entry = Entry(page: 0, offset: 0, keyOffset: 0, flags: 0, key: .empty, value: bytes)
            let version = KeyVersion(entry, RevisionKey(main: 1), try #require(KeyValue(bytes)))
            try FoundValue(entry: version, revision: 1).printReadable(on: captured.console)
        }
        #expect(captured.output == shown)
        #expect(captured.diagnostics.hasPrefix(note))
    }
}
