import Cryptography

/// Texts as URLs and header fields take them.
enum PercentEncoding {
    /// Every byte but RFC 3986's unreserved ones, as signatures want it.
    static func component(_ text: String, keeping extra: String = "") -> String {
        encoded(text) { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            default: extra.utf8.contains(byte)
            }
        }
    }

    static func path(_ text: String) -> String { component(text, keeping: "/") }

    /// What is not printable ASCII, and the percent sign itself.
    static func headerValue(_ text: String) -> String {
        encoded(text) { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "%") }
    }

    private static func encoded(_ text: String, _ isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text before it was encoded; a percent sign without two digits stays.
    static func decoded(_ text: String) -> String { decoded(text, plusIsSpace: false) }

    static func decoded(_ text: String, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(digit),
                let low = rest.dropFirst().first.flatMap(digit)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
