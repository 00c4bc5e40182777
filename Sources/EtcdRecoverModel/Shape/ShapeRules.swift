/// What holds of every field before it means anything.
enum ShapeRules {
    static let wrongType = Rule(
        "shape.type", .all, at: "any field", .invalid, "Each value is of its field's type.")
    static let outOfRange = Rule(
        "shape.range", .all, at: "any number", .invalid, "Each number fits its field's type, int32 or int64.")
    static let unknownField = Rule(
        "shape.unknownField", .all, at: "any field", .forbidden,
        "Each field is one that the kind has. (At admission the API server has dropped the others before.)")
    static let missing = Rule(
        "shape.required", .all, at: "status.conditions, metadata.ownerReferences", .required,
        "Entries of lists have the fields that make them one.")
    static let apiVersion = Rule(
        "object.apiVersion", .all, at: "apiVersion", .notSupported, "The version is one that is served.")
    static let kind = Rule("object.kind", .all, at: "kind", .notSupported, "The kind is the expected one.")
    static let all = [apiVersion, kind, wrongType, outOfRange, unknownField, missing]
}
