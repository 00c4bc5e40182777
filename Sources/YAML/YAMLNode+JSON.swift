extension YAMLNode {
    /// The node as JSON in UTF-8, byte for byte what `kubectl` sends for it: keys sorted, no spaces, `<`, `>` and `&`
    /// escaped. Throws for infinity and not-a-number, which JSON does not have.
    package func jsonBytes() throws(YAMLError) -> [UInt8] {
        var output: [UInt8] = []
        try writeJSON(to: &output)
        return output
    }

    // Recursion is bounded by the depth limit of the parser.
    private func writeJSON(to output: inout [UInt8]) throws(YAMLError) {
        switch content {
        case .scalar(let scalar):
            switch scalar.value {
            case .null: output += "null".utf8
            case .bool(let value): output += (value ? "true" : "false").utf8
            case .int(let value): output += String(value).utf8
            case .uint(let value): output += String(value).utf8
            case .double(let value):
                guard value.isFinite else { throw YAMLError(.noJSON(text: scalar.text), at: mark) }
                output += NumberText.json(value).utf8
            case .string(let text): JSONString.write(text, to: &output)
            }
        case .sequence(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                try item.writeJSON(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .mapping(let entries):
            output.append(UInt8(ascii: "{"))
            let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, entry) in sorted.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                JSONString.write(entry.key, to: &output)
                output.append(UInt8(ascii: ":"))
                try entry.value.writeJSON(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}

private enum JSONString {
    static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x08: output += "\\b".utf8
            case 0x09: output += "\\t".utf8
            case 0x0A: output += "\\n".utf8
            case 0x0C: output += "\\f".utf8
            case 0x0D: output += "\\r".utf8
            case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                output += "\\u00".utf8
                output += [hexadecimal(byte >> 4), hexadecimal(byte & 15)]
            case 0xA8, 0xA9:
                // U+2028 and U+2029 end a line in JavaScript: E2 80 A8 and E2 80 A9.
                if output.suffix(2) == [0xE2, 0x80] {
                    output.removeLast(2)
                    output += (byte == 0xA8 ? "\\u2028" : "\\u2029").utf8
                } else {
                    output.append(byte)
                }
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
