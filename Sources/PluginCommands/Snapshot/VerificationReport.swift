import Cryptography
import EtcdRecoverModel
import SnapshotFile

/// What `verify` says about a file.
struct VerificationReport {
    var file: String
    /// In the order they were made; more may have been counted than are listed.
    var list: [SnapshotFile.Finding]
    var errors: Int
    var warnings: Int
    /// Nil when the file could not be read at all.
    var verification: Verification?

    init(file: String, findings: Findings, verification: Verification) {
        self.file = file
        self.verification = verification
        list = findings.list
        errors = findings.errors
        warnings = findings.warnings
    }

    init(file: String, finding: SnapshotFile.Finding) {
        self.file = file
        list = [finding]
        errors = 1
        warnings = 0
    }

    func fails(strict: Bool) -> Bool { errors > 0 || (strict && warnings > 0) }

    /// A line for each finding; nothing when there is none.
    func text(style: Style) -> String {
        list.map { finding in
            let label = finding.severity.rawValue + ":"
            return style.paint(label, finding.severity == .error ? .red : .yellow) + " \(finding)".printable() + "\n"
        }.joined()
    }

    var summary: String {
        guard errors + warnings == 0, let verification else {
            let more = errors + warnings - list.count
            return "\(file): " + counted(errors, "error") + ", " + counted(warnings, "warning")
                + (more > 0 ? "; \(more) of them are not listed" : "")
        }
        let hash = verification.trailer.isRight == nil ? "no SHA-256 to compare with" : "SHA-256 matches"
        return "\(file) is sound: \(verification.pages) pages (\(verification.freePages) free), "
            + "\(verification.entries) entries, \(verification.live?.keys ?? 0) live keys, \(hash)"
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// Fields that a file does not have are null, never absent.
    var json: JSONValue {
        [
            "file": .string(file), "sound": .bool(errors == 0), "errors": .int(Int64(errors)),
            "warnings": .int(Int64(warnings)), "findings": .array(list.map(\.json)),
            "pages": .optional(verification?.pages), "freePages": .optional(verification?.freePages),
            "entries": .optional(verification?.entries), "liveKeys": .optional(verification?.live?.keys),
            "sha256": (verification?.trailer.sha256).map { .string($0.description) } ?? .null,
            "hashOK": (verification?.trailer.isRight).map { .bool($0) } ?? .null,
        ]
    }
}

extension SnapshotFile.Finding {
    fileprivate var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "page": page.map { .int(Int64(clamping: $0)) } ?? .null,
            "offset": .optional(offset), "expected": .string(expected), "found": .string(found),
            "message": .string(description),
        ]
    }
}

extension JSONValue {
    fileprivate static func optional(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
}
