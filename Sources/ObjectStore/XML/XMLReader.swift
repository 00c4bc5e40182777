/// Reads an XML document into its elements. Strict, and without what makes XML dangerous: no DOCTYPE, so no entities but the
/// five of XML itself; depth and number of elements are bounded, the number of bytes is by who reads them.
struct XMLReader {
    private static let depthLimit = 16
    private static let elementLimit = 100_000

    private let bytes: [UInt8]
    private var offset = 0
    private var elements = 0

    static func read(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
        var reader = XMLReader(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.offset = 3 }
        try reader.skipMisc()
        let root = try reader.readElement(depth: 1)
        try reader.skipMisc()
        guard reader.offset == bytes.count else { throw reader.error("something follows the document") }
        return root
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func error(_ reason: String) -> XMLError { XMLError(reason: reason, offset: offset) }

    private func peek() throws(XMLError) -> UInt8 {
        guard offset < bytes.count else { throw error("it ends early") }
        return bytes[offset]
    }

    private func sees(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - offset >= count else { return false }
        return text.withUTF8Buffer { bytes[offset..<(offset + count)].elementsEqual($0) }
    }

    private mutating func take(_ text: StaticString) throws(XMLError) {
        guard sees(text) else { throw error("\(text) was expected") }
        offset += text.utf8CodeUnitCount
    }

    /// Moves behind the next occurrence; returns what came before it.
    private mutating func take(upTo text: StaticString) throws(XMLError) -> Range<Int> {
        let start = offset
        while !sees(text) {
            guard offset < bytes.count else { throw error("\(text) is missing") }
            offset += 1
        }
        defer { offset += text.utf8CodeUnitCount }
        return start..<offset
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private mutating func skipSpace() {
        while offset < bytes.count, Self.isSpace(bytes[offset]) { offset += 1 }
    }

    /// White space, comments and processing instructions, the XML declaration among them.
    private mutating func skipMisc() throws(XMLError) {
        while true {
            skipSpace()
            if sees("<?") {
                _ = try take(upTo: "?>")
            } else if sees("<!--") {
                try skipComment()
            } else if sees("<!") {
                throw error("a DOCTYPE is not taken")
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(XMLError) {
        try take("<!--")
        _ = try take(upTo: "-->")
    }

    /// A name without its namespace prefix, and as it was written.
    private mutating func readName() throws(XMLError) -> (local: String, full: Range<Int>) {
        let start = offset
        while offset < bytes.count, Self.isNameByte(bytes[offset]) { offset += 1 }
        guard offset > start, offset - start <= 256 else { throw error("a name was expected") }
        let name = bytes[start..<offset]
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return (String(decoding: local, as: UTF8.self), start..<offset)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...0xFF:
            true
        default: false
        }
    }

    private mutating func readElement(depth: Int) throws(XMLError) -> XMLElement {
        guard depth <= Self.depthLimit else { throw error("more than \(Self.depthLimit) elements inside each other") }
        elements += 1
        guard elements <= Self.elementLimit else { throw error("more than \(Self.elementLimit) elements") }
        try take("<")
        let (name, full) = try readName()
        try skipAttributes()
        if sees("/>") {
            offset += 2
            return XMLElement(name: name, text: "", children: [])
        }
        try take(">")
        var text: [UInt8] = []
        var children: [XMLElement] = []
        while !sees("</") {
            if sees("<![CDATA[") {
                offset += 9
                text += bytes[try take(upTo: "]]>")]
            } else if sees("<!--") {
                try skipComment()
            } else if sees("<?") {
                _ = try take(upTo: "?>")
            } else if try peek() == UInt8(ascii: "<") {
                children.append(try readElement(depth: depth + 1))
            } else {
                try readText(into: &text)
            }
        }
        offset += 2
        guard bytes[try readName().full] == bytes[full] else { throw error("the end tag of another element") }
        skipSpace()
        try take(">")
        if !children.isEmpty, text.allSatisfy(Self.isSpace) { text = [] }
        guard let string = String(validating: text, as: UTF8.self) else { throw error("text that is not UTF-8") }
        return XMLElement(name: name, text: string, children: children)
    }

    private mutating func skipAttributes() throws(XMLError) {
        while true {
            let start = offset
            skipSpace()
            let next = try peek()
            if next == UInt8(ascii: ">") || next == UInt8(ascii: "/") { return }
            guard offset > start else { throw error("white space was expected") }
            _ = try readName()
            skipSpace()
            try take("=")
            skipSpace()
            let quote: StaticString = sees("\"") ? "\"" : "'"
            try take(quote)
            let value = try take(upTo: quote)
            guard !bytes[value].contains(UInt8(ascii: "<")) else { throw error("< in an attribute") }
        }
    }

    private mutating func readText(into text: inout [UInt8]) throws(XMLError) {
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "<") {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "&") {
                text += try readReference().utf8
            } else {
                guard byte >= 0x20 || Self.isSpace(byte) else { throw error("a control character") }
                text.append(byte)
                offset += 1
            }
        }
    }

    private mutating func readReference() throws(XMLError) -> String {
        offset += 1
        let end = bytes[offset..<min(offset + 10, bytes.count)].firstIndex(of: UInt8(ascii: ";"))
        guard let end else { throw error("a & without ;") }
        let name = String(decoding: bytes[offset..<end], as: UTF8.self)
        let value: String?
        switch name {
        case "amp": value = "&"
        case "lt": value = "<"
        case "gt": value = ">"
        case "quot": value = "\""
        case "apos": value = "'"
        default:
            let isHexadecimal = name.hasPrefix("#x")
            let digits = name.dropFirst(isHexadecimal ? 2 : 1)
            guard name.hasPrefix("#"), !digits.isEmpty, digits.allSatisfy(\.isHexDigit),
                let number = UInt32(digits, radix: isHexadecimal ? 16 : 10),
                number >= 0x20 || [9, 10, 13].contains(number)
            else { throw error("an unknown entity") }
            value = UnicodeScalar(number).map { String($0) }
        }
        guard let value else { throw error("a number that is no character") }
        offset = end + 1
        return value
    }
}
