import FoundationEssentials

/// What a scalar stands for once Kubernetes' typing rules are applied.
package enum YAMLValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Whole numbers beyond `Int64.max` only.
    case uint(UInt64)
    case double(Double)
    case string(String)

    /// The kind in words for a message.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int, .uint: "integer"
        case .double: "number"
        case .string: "string"
        }
    }

    /// The value of a scalar. Throws the problem alone; the caller knows the place.
    static func resolve(_ text: String, style: YAMLScalar.Style, tag: YAMLTag?) throws(Unfit) -> YAMLValue {
        guard let tag else { return style == .plain ? PlainScalar.value(of: text) : .string(text) }
        // An explicit tag holds for quoted text too: !!int "3" is 3.
        switch (tag, tag == .string || tag == .binary ? .null : PlainScalar.value(of: text)) {
        case (.string, _): return .string(text)
        case (.binary, _): return .string(try decodedBase64(text))
        case (.int, let value): if case .int = value { return value } else if case .uint = value { return value }
        case (.bool, let value): if case .bool = value { return value }
        case (.null, .null): return .null
        case (.float, .int(let whole)): return .double(Double(whole))
        case (.float, let value): if case .double = value { return value }
        case (.null, _): break
        }
        throw Unfit(text: text, tag: tag)
    }

    struct Unfit: Error {
        var text: String
        var tag: YAMLTag
    }

    private static func decodedBase64(_ text: String) throws(Unfit) -> String {
        guard let data = Data(base64Encoded: Data(text.utf8.filter { $0 != UInt8(ascii: "\n") })),
            let decoded = String(validating: data, as: UTF8.self)
        else { throw Unfit(text: text, tag: .binary) }
        return decoded
    }
}
