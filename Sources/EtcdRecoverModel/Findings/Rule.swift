/// One rule as documents and programs know it. What it decides is code; what it is called and what breaking it means is
/// here.
package struct Rule: Hashable, Sendable {
    package var id: RuleID
    /// The kinds that it judges.
    package var kinds: Kinds
    /// The field that its findings name. `destination` stands for `spec.destination` of a backup or recovery and
    /// `spec.source.location.destination` of a restore.
    package var path: String
    package var severity: Finding.Severity
    package var reason: CauseReason
    /// One line, what must hold.
    package var summary: String

    package enum Kinds: String, Sendable {
        case all = "EtcdBackup, EtcdRestore, EtcdRecovery"
        case both = "EtcdBackup, EtcdRestore"
        case backup = "EtcdBackup"
        case restore = "EtcdRestore"
        case recovery = "EtcdRecovery"
    }

    init(
        _ id: String, _ kinds: Kinds, at path: String, _ severity: Finding.Severity, _ reason: CauseReason,
        _ summary: String
    ) {
        self.id = RuleID(rawValue: id)
        self.kinds = kinds
        self.path = path
        self.severity = severity
        self.reason = reason
        self.summary = summary
    }

    init(_ id: String, _ kinds: Kinds, at path: String, _ reason: CauseReason, _ summary: String) {
        self.init(id, kinds, at: path, .error, reason, summary)
    }
}

extension Finding {
    /// `text` says what is allowed and what to do; `value`, ready to be printed, what was found. The words in front
    /// are those that Kubernetes puts there for the same reason; a warning has none.
    init(_ rule: Rule, at path: FieldPath, value: String? = nil, _ text: String, severity: Severity? = nil) {
        let lead =
            switch rule.reason {
            case _ where rule.severity == .warning: ""
            case .required: "Required value: "
            case .forbidden: "Forbidden: "
            case .internalError: "Could not be checked: "
            case .notSupported: "Unsupported value: "
            case .notFound: "Not found: "
            case .duplicate: "Duplicate value: "
            default: "Invalid value: "
            }
        let found = value.map { "\($0): " } ?? ""
        self.init(rule.id, at: path, severity ?? rule.severity, rule.reason, lead + found + text)
    }

    /// A value that is not one of a few.
    init(_ rule: Rule, at path: FieldPath, _ value: String, supported: [String]) {
        let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        self.init(rule, at: path, value: quoted(value), "supported values: \(list)")
    }
}

/// `text` as messages print it: in quotes, on one line, and short enough for a terminal.
package func quoted(_ text: String) -> String {
    var result = "\""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == 128 { return result + "\"..." }
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where isUnprintable(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// Control and format characters could rewrite the line that they are printed on.
private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: false
    }
}
