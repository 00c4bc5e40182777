enum LookupRules {
    static let unavailable = Rule(
        "lookup.unavailable", .all, at: "the field that names what could not be looked up", .internalError,
        "What a rule must look up can be looked up. `--lookup-failure=warn` makes it a warning at admission; offline it is "
            + "unresolved.")
    static let all = [unavailable]
}

/// Look-ups of one object: in its namespace, and with what an unavailable one counts as.
struct Looking: Sendable {
    var lookup: any Lookup
    var namespace: String
    var severity: Finding.Severity

    func object(_ name: String) -> ObjectName { ObjectName(namespace: namespace, name: name) }

    /// `question` is what could not be answered: `whether Secret "s3" exists`.
    func unavailable(at path: FieldPath, _ question: String, _ reason: String) -> Finding {
        Finding(LookupRules.unavailable, at: path, "\(question): \(reason)", severity: severity)
    }
}
