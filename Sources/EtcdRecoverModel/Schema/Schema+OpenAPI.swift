extension Schema {
    /// As a structural schema of OpenAPI v3.
    func openAPI(description: String? = nil) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if let description, !description.isEmpty { members["description"] = .string(description) }
        switch self {
        case .string(let format):
            members["type"] = "string"
            members["format"] = format.format.map(JSONValue.string)
            members["pattern"] = format.pattern.map(JSONValue.string)
            members["minLength"] = format.minLength.map { .int(Int64($0)) }
            members["maxLength"] = format.maxLength.map { .int(Int64($0)) }
            if !format.allowed.isEmpty { members["enum"] = .array(format.allowed.map(JSONValue.string)) }
        case .integer(let format):
            members["type"] = "integer"
            members["format"] = .string(format.format)
            members["minimum"] = format.range.map { .int($0.lowerBound) }
            // The type's own bound needs no saying, and as a float it would be another number.
            members["maximum"] = format.range.flatMap { $0.upperBound == .max ? nil : .int($0.upperBound) }
        case .boolean:
            members["type"] = "boolean"
        case .quantity:
            members["anyOf"] = [["type": "integer"], ["type": "string"]]
            members["x-kubernetes-int-or-string"] = true
            members["pattern"] = .string(Self.quantityPattern)
        case .object(let fields):
            members["type"] = "object"
            if !fields.isEmpty {
                members["properties"] = .object(
                    Dictionary(
                        uniqueKeysWithValues: fields.map { field in
                            (field.name, field.schema.openAPI(description: field.description))
                        }))
            }
            let required = fields.filter(\.required).map(\.name)
            if !required.isEmpty { members["required"] = .array(required.map(JSONValue.string)) }
        case .array(let element, let keys):
            members["type"] = "array"
            members["items"] = element.openAPI()
            if !keys.isEmpty {
                members["x-kubernetes-list-type"] = "map"
                members["x-kubernetes-list-map-keys"] = .array(keys.map(JSONValue.string))
            }
        case .stringMap:
            members["type"] = "object"
            members["additionalProperties"] = ["type": "string"]
        case .any:
            members["x-kubernetes-preserve-unknown-fields"] = true
        }
        return .object(members)
    }

    /// What CRDs made by controller-gen carry for a quantity.
    private static let quantityPattern =
        #"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"#
}
