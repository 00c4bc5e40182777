/// The bytes of a source text, checked before libyaml sees them.
struct SourceText {
    /// A part to be read on its own.
    struct Part {
        var bytes: ArraySlice<UInt8>
        /// The place of its first character in the whole text.
        var origin: Mark
    }

    private(set) var parts: [Part] = []
    /// What is wrong behind the last part. Parts hold only whole documents before it.
    private(set) var error: YAMLError?

    /// libyaml compares each directive with all others.
    private static let directiveLimit = 1_000

    init(_ bytes: [UInt8], limits: YAMLLimits) {
        if bytes.count > limits.bytes {
            error = YAMLError(.tooLarge(bytes: bytes.count, limit: limits.bytes), at: .start)
            return
        }
        if let encoding = Self.foreignEncoding(bytes) {
            error = YAMLError(.notUTF8(encoding: encoding), at: .start)
            return
        }
        var text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let bad = CharacterCheck.firstProblem(in: text) {
            error = YAMLError(bad.problem, at: Self.mark(of: bad.index, in: text))
            text = text[..<Self.startOfDocument(at: bad.index, in: text)]
        }
        if let index = Self.excessDirective(in: text) {
            error = YAMLError(.tooManyDirectives(limit: Self.directiveLimit), at: Self.mark(of: index, in: text))
            return
        }
        // Each object is a node, so one part more than nodes are allowed ends in the error about them.
        parts = JSONStream.split(text, limit: limits.nodes + 1) ?? [Part(bytes: text, origin: .start)]
    }

    /// The place of a byte; the bytes before it must be valid UTF-8.
    static func mark(of index: Int, in text: ArraySlice<UInt8>) -> Mark {
        var mark = Mark.start
        var previous: UInt8 = 0
        for byte in text[..<index] {
            if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") && previous != UInt8(ascii: "\r") {
                mark = Mark(line: mark.line + 1, column: 1)
            } else if byte != UInt8(ascii: "\n"), byte & 0xC0 != 0x80 {
                mark.column += 1
            }
            previous = byte
        }
        return mark
    }

    private static func foreignEncoding(_ bytes: [UInt8]) -> String? {
        let head = bytes.prefix(4)
        if head == [0xFF, 0xFE, 0, 0] || head == [0, 0, 0xFE, 0xFF] { return "UTF-32" }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        // Without a byte order mark: every second byte of ASCII text is zero.
        let zeros = head.map { $0 == 0 }
        return zeros == [false, true, false, true] || zeros == [true, false, true, false] ? "UTF-16" : nil
    }

    /// The start of the line `---` that opens the document around `index`; the start of the text for the first one.
    private static func startOfDocument(at index: Int, in text: ArraySlice<UInt8>) -> Int {
        var lineEnd = index
        while true {
            let lineStart = text[..<lineEnd].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.startIndex
            if text[lineStart..<index].starts(with: "---".utf8) { return lineStart }
            if lineStart == text.startIndex { return lineStart }
            lineEnd = lineStart - 1
        }
    }

    private static func excessDirective(in text: ArraySlice<UInt8>) -> Int? {
        var count = 0
        var previous = UInt8(ascii: "\n")
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: "%"), previous == UInt8(ascii: "\n") || previous == UInt8(ascii: "\r"),
                text[index...].starts(with: "%TAG".utf8)
            {
                count += 1
                if count > directiveLimit { return index }
            }
            previous = byte
        }
        return nil
    }
}
