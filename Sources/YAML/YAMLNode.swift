/// A document or a part of one: what it holds, and where it stands.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// Entries in the order of the source; keys are unique.
        case mapping([YAMLEntry])
    }

    package var content: Content
    /// For what an alias stands for, the place of the alias; nodes inside it keep their own.
    package var mark: Mark

    package init(_ content: Content, at mark: Mark = .none) {
        self.content = content
        self.mark = mark
    }

    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }
    package var items: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }
    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }
    /// The text of a scalar that resolves to a string; nil for a plain `y` or `3`.
    package var string: String? {
        if case .scalar(let scalar) = content, case .string(let text) = scalar.value { text } else { nil }
    }

    /// What the node is, in JSON's words: `object`, `array`, or the scalar's kind.
    package var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.value.kindName
        case .sequence: "array"
        case .mapping: "object"
        }
    }
}

/// One key and its value in a mapping.
package struct YAMLEntry: Sendable {
    /// The key as JSON has it: a plain `on` is `true`, `0x10` is `16`.
    package var key: String
    /// The key as it is written.
    package var keyScalar: YAMLScalar
    package var keyMark: Mark
    package var value: YAMLNode
    /// Whether the entry came through a merge key (`<<`).
    package var isMerged = false
}

/// A scalar as written, and what Kubernetes takes it for.
package struct YAMLScalar: Sendable {
    package enum Style: Sendable, Equatable {
        case plain, quoted
        /// Literal (`|`) or folded (`>`).
        case block
    }

    /// The text after unescaping and folding, before any typing.
    package var text: String
    package var style: Style
    /// The explicit tag, if any.
    package var tag: YAMLTag?
    package var value: YAMLValue

    /// Whether the scalar is a boolean, a number or null for no other reason than that it has no quotes, as in `y`,
    /// `1e3` or `~`: where a string is expected, quoting it is the remedy.
    package var isTypedBySpelling: Bool {
        if case .string = value { return false }
        return style == .plain && tag == nil && !text.isEmpty
    }
}

/// The explicit tags that are understood. Any other is refused.
package enum YAMLTag: String, Sendable {
    case string = "!!str"
    case int = "!!int"
    case bool = "!!bool"
    case float = "!!float"
    case null = "!!null"
    case binary = "!!binary"
}

// MARK: - Building nodes in code

extension YAMLNode {
    package static var null: YAMLNode { YAMLNode(value: .null, text: "null") }

    package static func bool(_ value: Bool) -> YAMLNode {
        YAMLNode(value: .bool(value), text: value ? "true" : "false")
    }

    package static func int(_ value: some BinaryInteger) -> YAMLNode {
        if let signed = Int64(exactly: value) { return YAMLNode(value: .int(signed), text: String(signed)) }
        if let unsigned = UInt64(exactly: value) { return YAMLNode(value: .uint(unsigned), text: String(unsigned)) }
        return .double(Double(value))
    }

    package static func double(_ value: Double) -> YAMLNode {
        YAMLNode(value: .double(value), text: NumberText.yaml(value))
    }

    package static func string(_ text: String) -> YAMLNode {
        YAMLNode(.scalar(YAMLScalar(text: text, style: .quoted, value: .string(text))))
    }

    package static func sequence(_ items: [YAMLNode]) -> YAMLNode { YAMLNode(.sequence(items)) }

    /// Keys must be unique.
    package static func mapping(_ entries: [(String, YAMLNode)]) -> YAMLNode {
        YAMLNode(
            .mapping(
                entries.map { key, value in
                    let scalar = YAMLScalar(text: key, style: .quoted, value: .string(key))
                    return YAMLEntry(key: key, keyScalar: scalar, keyMark: .none, value: value)
                }))
    }

    private init(value: YAMLValue, text: String) {
        self.init(.scalar(YAMLScalar(text: text, style: .plain, value: value)))
    }
}
