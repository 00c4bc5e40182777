import EtcdRecoverModel

/// What `validate` found, in the order of files and documents.
struct ValidationReport: Hashable, Sendable {
    /// Every file that was read, or should have been.
    var files: [String] = []
    /// The objects of our kinds.
    var objects: [CheckedObject] = []
    var findings: [LocatedFinding] = []
    /// Documents and list items of other kinds. They serve look-ups only.
    var skipped = 0

    func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }

    /// Strictly, a run that checked nothing has failed as well.
    func status(strict: Bool) -> ExitStatus {
        count(.error) > 0 || (strict && (count(.warning) > 0 || objects.isEmpty)) ? .failure : .success
    }

    /// One line for a person.
    var summary: String {
        let counts = [
            counted(count(.error), "error"), counted(count(.warning), "warning"),
            "\(count(.unresolved)) unresolved",
        ]
        return counted(objects.count, "object") + " checked in " + counted(files.count, "file") + " ("
            + counted(skipped, "other") + "): " + counts.joined(separator: ", ")
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

/// An object of one of our kinds and where it stands.
struct CheckedObject: Hashable, Sendable {
    var identity: ObjectIdentity
    var place: Place
}

struct ObjectIdentity: Hashable, Sendable, CustomStringConvertible {
    var kind: String
    var namespace: String
    /// Empty when the manifest names none.
    var name: String

    var description: String { "\(kind)/\(namespace)/\(name.isEmpty ? "(no name)" : name)" }
}

/// Line and column from 1; 0 for a file as a whole.
struct Place: Hashable, Sendable {
    var file: String
    var line = 0
    var column = 0
}

struct LocatedFinding: Hashable, Sendable {
    var place: Place
    /// Nil when the file is at fault rather than an object in it.
    var object: CheckedObject?
    /// Empty for an object or a file as a whole.
    var path = ""
    var severity: Finding.Severity
    var rule: RuleID
    /// What Kubernetes calls this kind of cause; nil for a file.
    var reason: CauseReason?
    var message: String

    /// Object, path and message on one line.
    var sentence: String {
        [object?.identity.description, path.isEmpty ? nil : path, message].compactMap { $0 }.joined(separator: ": ")
            .printable()
    }
}

enum ReportFormat: String, CaseIterable, Sendable {
    case text, json, github, sarif, junit
}

extension ValidationReport {
    /// Everything but the summary; text has a line for each finding and so may be empty.
    func rendered(as format: ReportFormat, style: Style = .plain) -> String {
        switch format {
        case .text: text(style: style)
        case .json: json().jsonText() + "\n"
        case .github: github()
        case .sarif: sarif().jsonText() + "\n"
        case .junit: junit()
        }
    }
}
