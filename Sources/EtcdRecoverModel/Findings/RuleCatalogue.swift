/// Every rule there is, in the order of the objects' fields.
package enum RuleCatalogue {
    package static let all: [Rule] =
        ShapeRules.all + MetadataRules.all + UpdateRules.all + EtcdBackupRules.all + DestinationRules.all
        + S3Rules.all + GCSRules.all + EndpointRules.all + PrefixRules.all + CredentialRules.all + CollisionRules.all
        + EtcdRestoreRules.all + StorageRules.all + RestoreSourceRules.all + EmptyTargetRules.all
        + EtcdRecoveryRules.all + RecoveredClusterRules.all + RecoveryUpdateRules.all + LookupRules.all

    package static subscript(id: RuleID) -> Rule? { all.first { $0.id == id } }

    /// The text of `docs/rules.md`.
    package static var markdown: String {
        var lines = [
            "# Rules",
            "",
            "What admission, the controllers, `kubectl etcdrecover` before it creates anything, and "
                + "`kubectl etcdrecover validate` hold an EtcdBackup, EtcdRestore or EtcdRecovery to. All of them say the same words. "
                + "This page is generated from the rules.",
            "",
            "An `error` refuses the object, a `warning` lets it pass and is printed, and `unresolved` means that a rule "
                + "could not be decided here. `destination` stands for `spec.destination` of an EtcdBackup or EtcdRecovery and "
                + "`spec.source.location.destination` of an EtcdRestore.",
            "",
            "| rule | applies to | field | severity | reason | what must hold |",
            "|---|---|---|---|---|---|",
        ]
        lines += all.map { rule in
            let severity =
                rule.id == LookupRules.unavailable.id ? "error, warning or unresolved" : rule.severity.rawValue
            return "| `\(rule.id)` | \(rule.kinds.rawValue) | `\(rule.path)` | \(severity) | `\(rule.reason.rawValue)` "
                + "| \(rule.summary) |"
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
