/// JSON as input. It is YAML but for two things: objects may follow each other without `---`, as `jq` writes them, and
/// characters beyond U+FFFF are escaped as pairs of surrogates.
enum JSONStream {
    /// One part for each of the first `limit` objects; nil when the text is not a stream of JSON objects.
    static func split(_ text: ArraySlice<UInt8>, limit: Int) -> [SourceText.Part]? {
        var parts: [SourceText.Part] = []
        var start = skipSpace(text, from: text.startIndex)
        var origin = SourceText.mark(of: start, in: text)
        while start < text.endIndex, parts.count < limit {
            guard text[start] == UInt8(ascii: "{") else { return nil }
            let inside = skipSpace(text, from: start + 1)
            guard inside < text.endIndex, text[inside] == UInt8(ascii: "\"") || text[inside] == UInt8(ascii: "}") else {
                return nil
            }
            let end = endOfObject(text, from: start)
            let next = skipSpace(text, from: end)
            parts.append(SourceText.Part(bytes: joinSurrogates(text[start..<end]), origin: origin))
            origin = SourceText.mark(of: next, in: text[start...]).moved(to: origin)
            start = next
        }
        return parts.isEmpty ? nil : parts
    }

    private static func skipSpace(_ text: ArraySlice<UInt8>, from index: Int) -> Int {
        text[index...].firstIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } ?? text.endIndex
    }

    /// Behind the brace that closes the object, or the end of the text.
    private static func endOfObject(_ text: ArraySlice<UInt8>, from start: Int) -> Int {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in start..<text.endIndex {
            let byte = text[index]
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
        }
        return text.endIndex
    }

    /// Writes `\ud83d\ude00` as `\U0001F600`, which YAML reads. Columns behind it on its line are 2 too low.
    private static func joinSurrogates(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var output: [UInt8] = []
        var copied = text.startIndex
        var index = text.startIndex
        while let backslash = text[index...].firstIndex(of: UInt8(ascii: "\\")) {
            index = min(backslash + 2, text.endIndex)
            guard let high = escapedUnit(text, at: backslash), 0xD800..<0xDC00 ~= high,
                let low = escapedUnit(text, at: backslash + 6), 0xDC00..<0xE000 ~= low
            else { continue }
            let digits = String(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), radix: 16)
            output += text[copied..<backslash]
            output += "\\U".utf8
            output += String(repeating: "0", count: 8 - digits.count).utf8
            output += digits.utf8
            index = backslash + 12
            copied = index
        }
        return copied == text.startIndex ? text : (output + text[copied...])[...]
    }

    private static func escapedUnit(_ text: ArraySlice<UInt8>, at index: Int) -> UInt32? {
        guard index + 6 <= text.endIndex, text[index...].starts(with: "\\u".utf8) else { return nil }
        var unit: UInt32 = 0
        for byte in text[(index + 2)..<(index + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
