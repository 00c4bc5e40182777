/// Finds bytes that are not UTF-8, and characters that YAML does not allow even inside quotes.
enum CharacterCheck {
    static func firstProblem(in text: ArraySlice<UInt8>) -> (index: Int, problem: YAMLError.Problem)? {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                index += 1
                continue
            }
            guard let (code, length) = character(at: index, in: text) else {
                return (index, .invalidUTF8(offset: index))
            }
            if !isAllowed(code) { return (index, .forbiddenCharacter(code, offset: index)) }
            index += length
        }
        return nil
    }

    /// The code point that begins at `index` and its length in bytes; nil when malformed, overlong or a surrogate.
    private static func character(at index: Int, in text: ArraySlice<UInt8>) -> (code: UInt32, length: Int)? {
        let first = text[index]
        let (length, least): (Int, UInt32)
        switch first {
        case 0..<0x80: return (UInt32(first), 1)
        case 0xC2...0xDF: (length, least) = (2, 0x80)
        case 0xE0...0xEF: (length, least) = (3, 0x800)
        case 0xF0...0xF4: (length, least) = (4, 0x10000)
        default: return nil
        }
        guard index + length <= text.endIndex else { return nil }
        var code = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in text[(index + 1)..<(index + length)] {
            guard byte & 0xC0 == 0x80 else { return nil }
            code = code << 6 | UInt32(byte & 0x3F)
        }
        guard code >= least, Unicode.Scalar(code) != nil else { return nil }
        return (code, length)
    }

    private static func isAllowed(_ code: UInt32) -> Bool {
        switch code {
        case 0x09, 0x0A, 0x0D, 0x20..<0x7F, 0x85, 0xA0..<0xFFFE, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
