/// The shape of a value: what a CRD publishes, what a manifest is checked against, and the order of its fields.
package indirect enum Schema: Sendable {
    case string(StringFormat = .init())
    case integer(Integer)
    case boolean
    /// A string or a number, as Kubernetes' quantities are.
    case quantity
    case object([Field])
    case array(of: Schema, mapKeys: [String] = [])
    case stringMap

    package struct StringFormat: Sendable {
        package var allowed: [String] = []
        package var format: String?
        package var minLength: Int?
        package var maxLength: Int?

        package init(
            allowed: [String] = [], format: String? = nil, minLength: Int? = nil, maxLength: Int? = nil
        ) {
            self.allowed = allowed
            self.format = format
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
    }

    package struct Field: Sendable {
        package var name: String
        package var schema: Schema
        package var description: String
        package var required: Bool

        package init(_ name: String, _ schema: Schema, required: Bool = false, _ description: String) {
            self.name = name
            self.schema = schema
            self.description = description
            self.required = required
        }
    }
}
