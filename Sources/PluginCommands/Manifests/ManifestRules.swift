import EtcdRecoverModel

extension RuleID {
    /// A file that cannot be opened or read to its end.
    static let unreadableFile = RuleID(rawValue: "file.unreadable")
    /// A file that is not YAML or JSON.
    static let malformedFile = RuleID(rawValue: "file.malformed")
    /// The standard input, or a file given by name, with nothing in it.
    static let emptyFile = RuleID(rawValue: "file.empty")
    /// An object that another one of the run overrides.
    static let duplicateObject = RuleID(rawValue: "manifest.duplicate")
    /// An object whose kind is named like one of ours, of another API group.
    static let otherGroup = RuleID(rawValue: "manifest.otherGroup")
    /// An object of our API group whose kind is none, and nearly one of ours.
    static let unknownKind = RuleID(rawValue: "manifest.unknownKind")
}

extension LocatedFinding {
    /// About a file as a whole, or a place in it.
    static func file(_ file: String, line: Int = 0, column: Int = 0, _ rule: RuleID, _ message: String) -> Self {
        LocatedFinding(
            place: Place(file: file, line: line, column: column), severity: .error, rule: rule, message: message)
    }
}
