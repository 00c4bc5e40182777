/// A key as people read and type it: readable characters as they are, a backslash as `\\`, every other byte as `\xHH`
/// with two lower-case digits. No two keys have the same text.
package enum KeyText {
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package var text: String

        package var description: String {
            "\"\(text)\" is no key: a backslash is written \\\\, and a byte \\xHH with two hexadecimal digits"
        }
    }

    /// - Parameter asciiOnly: characters beyond ASCII are escaped, too, as in bytes that only look like text here and there.
    package static func text(of key: Bytes, asciiOnly: Bool = false) -> String {
        if key.buffer.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) { return key.text }
        var text = ""
        var rest = key.buffer[...]
        while let first = rest.first {
            let scalar = Unicode.Scalar(startOf: rest)
            let length = scalar.map(UTF8.width) ?? 1
            switch scalar {
            case "\\"?: text += "\\\\"
            case let scalar? where scalar.isReadable && (scalar.isASCII || !asciiOnly):
                text.unicodeScalars.append(scalar)
            case nil: text += escape(first)
            default: for byte in rest.prefix(length) { text += escape(byte) }
            }
            rest = rest.dropFirst(length)
        }
        return text
    }

    /// The key that `text` stands for. Characters that `text(of:)` would escape may also stand as they are.
    package static func key(of text: String) throws(Malformed) -> [UInt8] {
        var key: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "\\") {
                key.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): key.append(byte)
            case UInt8(ascii: "x"):
                guard rest.count >= 2, let high = digit(rest.removeFirst()), let low = digit(rest.removeFirst()) else {
                    throw Malformed(text: text)
                }
                key.append(high << 4 | low)
            default: throw Malformed(text: text)
            }
        }
        return key
    }

    private static func escape(_ byte: UInt8) -> String {
        "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// The character at the start of well-formed UTF-8; nil when it is not well-formed there.
    fileprivate init?(startOf bytes: Slice<UnsafeRawBufferPointer>) {
        var source = bytes.prefix(4).makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&source) else { return nil }
        self = scalar
    }

    /// Whether it shows, and as nothing else: no control character, no mark that only arranges text, no space but the
    /// common one.
    var isReadable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}

extension KeyText {
    package static func text(of name: String) -> String {
        var name = name
        return name.withUTF8 { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            return text(of: bytes.baseAddress.map { Bytes(start: $0, count: bytes.count) } ?? .empty)
        }
    }
}
