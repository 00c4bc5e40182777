import EtcdRecoverModel

extension JSONValue {
    /// As kubectl prints JSON: four spaces a level, keys sorted.
    func jsonText() -> String {
        var text = ""
        write(to: &text, indent: "\n")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(describing: value) : "null"
        case .string(let value): value.appendJSON(to: &text)
        case .array(let values):
            Self.writeList(values, in: "[", "]", to: &text, indent: indent) { value, text, inner in
                value.write(to: &text, indent: inner)
            }
        case .object(let members):
            Self.writeList(members.sorted { $0.key < $1.key }, in: "{", "}", to: &text, indent: indent) {
                member, text, inner in
                member.key.appendJSON(to: &text)
                text += ": "
                member.value.write(to: &text, indent: inner)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], in open: String, _ close: String, to text: inout String, indent: String,
        each: (Element, inout String, String) -> Void
    ) {
        text += open
        guard !elements.isEmpty else {
            text += close
            return
        }
        let inner = indent + "    "
        for (index, element) in elements.enumerated() {
            text += index == 0 ? inner : "," + inner
            each(element, &text, inner)
        }
        text += indent + close
    }
}

extension String {
    fileprivate func appendJSON(to text: inout String) {
        text += "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue {
    /// An object without the members that are nil.
    static func object(present members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(Dictionary(members.compactMap { key, value in value.map { (key, $0) } }) { _, last in last })
    }
}
