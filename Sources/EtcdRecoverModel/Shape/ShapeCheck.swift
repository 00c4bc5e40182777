package enum UnknownFields: Sendable {
    case refuse
    case ignore
}

/// Holds a value against a schema. What does not fit is told and taken out, so that the rest can be decoded and judged.
struct ShapeCheck {
    var unknownFields: UnknownFields
    /// How a plain scalar was written in YAML, where it was one.
    var spelling: (FieldPath) -> String?
    private(set) var findings: [Finding] = []
    /// Where something was taken out: no rule speaks about these fields again.
    private(set) var broken: Set<FieldPath> = []

    /// Nobody reads more: then the rest is not looked at, and the whole object counts as broken.
    static let mostFindings = 1_000

    init(unknownFields: UnknownFields, spelling: @escaping (FieldPath) -> String?) {
        self.unknownFields = unknownFields
        self.spelling = spelling
    }

    /// What is left of `value`; nil when nothing is. Null is absent, as the API server has it.
    mutating func fitting(_ value: JSONValue, _ schema: Schema, at path: FieldPath) -> JSONValue? {
        if isFull { return nil }
        switch (schema, value) {
        case (.any, _), (.string, .string), (.quantity, .string), (.boolean, .bool): return value
        case (_, .null): return nil
        case (.integer(let format), .int), (.integer(let format), .double):
            return integer(value, format, at: path)
        case (.quantity, .int): return value
        case (.object(let fields), .object(let members)): return object(members, fields, at: path)
        case (.array(let element, _), .array(let elements)):
            return .array(
                elements.enumerated().compactMap { index, value in
                    fitting(value, element, at: path[index])
                })
        case (.stringMap, .object(let members)):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.sorted { $0.key < $1.key }.compactMap { key, value in
                        fitting(value, .string(), at: path[key]).map { (key, $0) }
                    }))
        default:
            refuse(value, schema, at: path)
            // A block that is no block is still set: that one is missing is not to be told as well.
            // (An entry of a list is nothing without the fields that make it one.)
            if case .object(let fields) = schema, !fields.contains(where: \.required) { return .object([:]) }
            return nil
        }
    }

    private mutating func object(_ members: [String: JSONValue], _ fields: [Schema.Field], at path: FieldPath)
        -> JSONValue?
    {
        var fit: [String: JSONValue] = [:]
        for field in fields {
            let path = path[field.name]
            fit[field.name] = members[field.name].flatMap { fitting($0, field.schema, at: path) }
            if field.required, fit[field.name] == nil, !broken.contains(path) {
                tell(Finding(ShapeRules.missing, at: path, "add it"), takingOut: true)
            }
        }
        if unknownFields == .refuse { refuseUnknown(members, fields, at: path) }
        // Without what makes it one, an entry cannot be decoded.
        return fields.contains { $0.required && fit[$0.name] == nil } ? nil : .object(fit)
    }

    private mutating func integer(_ value: JSONValue, _ format: Schema.Integer, at path: FieldPath) -> JSONValue? {
        let number: Int64?
        switch value {
        case .int(let whole): number = whole
        case .double(let double) where double.rounded() != double:
            refuse(value, .integer(format), at: path)
            return nil
        case .double(let double): number = Int64(exactly: double)
        default: number = nil
        }
        let bounds: ClosedRange<Int64> =
            format.format == "int32" ? Int64(Int32.min)...Int64(Int32.max) : Int64.min...Int64.max
        guard let number, bounds.contains(number) else {
            let text = "must be from \(bounds.lowerBound) to \(bounds.upperBound) (\(format.format))"
            tell(Finding(ShapeRules.outOfRange, at: path, value: printed(value), text), takingOut: true)
            return nil
        }
        return .int(number)
    }

    private mutating func refuse(_ value: JSONValue, _ schema: Schema, at path: FieldPath) {
        let expected = schema.typeName
        let actual = if case .double = value { "fraction" } else { value.typeName }
        var text = "must be \(expected), not \(actual.withArticle)"
        let written = spelling(path)
        switch (schema, value) {
        case (.string, .bool), (.string, .int), (.string, .double), (.quantity, .double), (.quantity, .bool):
            let isSameText = written == nil || written == printed(value)
            text += isSameText ? "" : " (YAML reads a plain \(written ?? "") so)"
            text += ": write \(quoted(written ?? printed(value))), with the quotes"
        case (.integer, .string), (.boolean, .string): text += ": write it without quotes"
        default: break
        }
        // Where a block or a list belongs, a text may be a credential that somebody put into the wrong place.
        let isPrintable =
            switch (schema, value) {
            case (.object, .string), (.array, .string), (.stringMap, .string): false
            default: true
            }
        tell(
            Finding(ShapeRules.wrongType, at: path, value: isPrintable ? printed(value) : "\"string\"", text),
            takingOut: true)
    }

    private mutating func refuseUnknown(_ members: [String: JSONValue], _ fields: [Schema.Field], at path: FieldPath) {
        let known = fields.map(\.name)
        for name in Set(members.keys).subtracting(known).sorted() where !isFull {
            let hint =
                nearestName(to: name, among: known).map { "did you mean \(quoted($0))?" }
                ?? "known here are \(known.map { "\"\($0)\"" }.joined(separator: ", "))"
            tell(Finding(ShapeRules.unknownField, at: path[name], "unknown field: \(hint)"), takingOut: false)
        }
    }

    private var isFull: Bool { findings.count >= Self.mostFindings }

    private mutating func tell(_ finding: Finding, takingOut: Bool) {
        guard !isFull else { return }
        findings.append(finding)
        if takingOut { broken.insert(finding.path) }
        if isFull { broken.insert(FieldPath()) }
    }

    private func printed(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .object, .array: "\"\(value.typeName)\""
        default: String(decoding: value.jsonBytes, as: UTF8.self)
        }
    }
}

extension Schema {
    /// With its article, for messages.
    fileprivate var typeName: String {
        switch self {
        case .string: "a string"
        case .integer(let format): "an integer (\(format.format))"
        case .boolean: "a boolean, true or false"
        case .quantity: "a quantity: a string or a whole number"
        case .object: "an object"
        case .array: "a list"
        case .stringMap: "an object of strings"
        case .any: "anything"
        }
    }
}

extension String {
    fileprivate var withArticle: String {
        ["array", "object"].contains(self) ? "an \(self)" : self == "null" ? self : "a \(self)"
    }
}
