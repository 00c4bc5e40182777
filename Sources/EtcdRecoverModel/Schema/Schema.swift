/// The shape of a value: what a CRD publishes, what a manifest is checked against, and the order of its fields.
package indirect enum Schema: Sendable {
    case string(StringFormat = .init())
    case integer(Integer)
    case boolean
    /// A string or a whole number, as Kubernetes' quantities are.
    case quantity
    case object([Field])
    case array(of: Schema, mapKeys: [String] = [])
    case stringMap
    /// Whatever the API server keeps there; never published, never checked.
    case any

    package struct StringFormat: Sendable {
        package var allowed: [String] = []
        package var format: String?
        /// In ECMA 262's syntax, anchored.
        package var pattern: String?
        package var minLength: Int?
        /// In Unicode scalars.
        package var maxLength: Int?

        package init(
            allowed: [String] = [], format: String? = nil, pattern: String? = nil, minLength: Int? = nil,
            maxLength: Int? = nil
        ) {
            self.allowed = allowed
            self.format = format
            self.pattern = pattern
            self.minLength = minLength
            self.maxLength = maxLength
        }
    }

    package struct Integer: Sendable {
        /// `int32` or `int64`.
        package var format: String
        package var range: ClosedRange<Int64>?

        package init(format: String, range: ClosedRange<Int64>? = nil) {
            self.format = format
            self.range = range
        }

        package static let int32 = Self(format: "int32")
        package static let int64 = Self(format: "int64")
    }

    package struct Field: Sendable {
        package var name: String
        package var schema: Schema
        package var description: String
        /// Published as required, and checked with the shape. Only for fields that no person writes: what a person
        /// must write is required by a rule, which says more, and not by the CRD, because kubectl before 1.27 checks
        /// a CRD's required fields itself and would stop at its own words. `kubectl explain` says it in the
        /// description instead.
        package var required: Bool

        package init(_ name: String, _ schema: Schema, required: Bool = false, _ description: String) {
            self.name = name
            self.schema = schema
            self.description = description
            self.required = required
        }
    }
}

extension Schema {
    /// The fields of an object; none for anything else.
    package var fields: [Field] {
        if case .object(let fields) = self { fields } else { [] }
    }

    package subscript(field name: String) -> Schema? { fields.first { $0.name == name }?.schema }

    static let dnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
    static let dnsSubdomain = #"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#

    /// The name of an object in the same namespace.
    static func reference(_ description: String) -> Schema {
        .object([Field("name", .string(.init(pattern: dnsSubdomain, maxLength: 253)), description)])
    }

    /// `metav1.Condition`.
    static let conditions = Schema.array(
        of: .object([
            Field(
                "type", .string(.init(maxLength: 316)), required: true,
                "What the condition is about, such as Succeeded."),
            Field(
                "status", .string(.init(allowed: ["True", "False", "Unknown"])), required: true,
                "True, False or Unknown."),
            Field(
                "observedGeneration", .integer(.init(format: "int64", range: 0...Int64.max)),
                "The metadata.generation that this was said about."),
            Field("lastTransitionTime", .string(.init(format: "date-time")), "When status last changed."),
            Field("reason", .string(.init(maxLength: 1024)), "One word for programs."),
            Field("message", .string(.init(maxLength: 32768)), "What happened and what to do, for people."),
        ]), mapKeys: ["type"])
}
