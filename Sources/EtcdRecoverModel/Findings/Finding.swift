/// One thing that a rule has to say about an object.
package struct Finding: Hashable, Sendable {
    package enum Severity: String, Codable, Hashable, Sendable {
        /// The object is refused.
        case error
        /// The object passes and the person is told.
        case warning
        /// A rule could not be decided here: what it looks up was not to be had.
        case unresolved
    }

    package var rule: RuleID
    package var path: FieldPath
    package var severity: Severity
    /// What Kubernetes calls this kind of cause.
    package var reason: CauseReason
    /// What was found, what is allowed and what to do; without the path.
    package var message: String

    package init(_ rule: RuleID, at path: FieldPath, _ severity: Severity, _ reason: CauseReason, _ message: String) {
        self.rule = rule
        self.path = path
        self.severity = severity
        self.reason = reason
        self.message = message
    }
}

/// A rule's stable name, as documents, tests, JSON output and audit annotations use it.
package struct RuleID: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}
