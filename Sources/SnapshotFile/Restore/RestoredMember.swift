package import Cryptography

/// What stands in a member's directory after a restore.
package struct RestoredMember: Sendable {
    package let dataDirectory: String
    package let walDirectory: String
    package let membership: Membership
    /// The next write is one more.
    package let revision: Int64
    /// Of the snapshot.
    package let snapshotRevision: Int64
    /// Of the image that was copied; nil when the hash was not checked.
    package let sha256: Digest?
    /// Bytes of the new `member/snap/db`.
    package let databaseSize: Int
    package let versions: VersionChange
    package let inherited: Inheritance
    /// Of killed restores to the same place; removed already where that was asked for.
    package let leftovers: [String]
    /// What an operator should know before the member starts, a sentence each.
    package let warnings: [String]

    init(_ plan: RestorePlan, sha256: Digest?, databaseSize: Int, _ inherited: Inheritance) {
        dataDirectory = plan.target.dataDirectory.text
        walDirectory = plan.target.walDirectory?.text ?? "\(dataDirectory)/member/wal"
        membership = plan.membership
        revision = plan.revisions.new
        snapshotRevision = plan.revisions.old
        self.sha256 = sha256
        self.databaseSize = databaseSize
        versions = plan.versions
        self.inherited = inherited
        leftovers = plan.target.leftovers
        warnings = RestoreWarnings(plan: plan, inherited: inherited).all
    }
}
