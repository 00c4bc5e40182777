import Cryptography
import EtcdRecoverModel
import ObjectStore
import SnapshotFile

/// The database of a stopped member that was saved as a snapshot, and what is known of it.
struct SavedDatabase: Sendable {
    /// Nil: it went to the standard output, or into a store.
    var file: String?
    /// What it became in a store, and its URI.
    var object: (uri: String, receipt: PutReceipt)?
    /// Of the snapshot, its digest included.
    var bytes: Int64 = 0
    /// Of the database in it.
    var sha256: Digest?
    let summary: SnapshotSummary
    let directory: String
    let walDirectory: String
    let metadata: ClusterMetadata
    let log: MemberLog
    /// Whose it is, where the log says so and the database lists it.
    let own: StoredMember?

    init(of member: StoppedMember, _ directory: String, summary: SnapshotSummary) {
        self.summary = summary
        self.directory = directory
        walDirectory = member.walDirectory
        metadata = member.metadata
        log = member.log
        own = member.own
    }

    var memberName: String? {
        own.flatMap { $0.name.isEmpty ? nil : $0.name } ?? log.summary?.member.map(\.description)
    }

    /// The cluster's id: nothing in the directory has a better name for it.
    var cluster: String { log.summary?.cluster?.description ?? "unknown" }

    /// `m1 (8e9e05c52164694d) from /var/lib/etcd: revision 41, entry 48 of term 2`
    var sentence: String {
        let id = log.summary?.member.map { "\($0)" }
        let name = memberName.map { name in id.map { $0 == name ? name : "\(name) (\($0))" } ?? name } ?? "the member"
        let entry = metadata.consistentIndex.map { index in
            ", entry \(index)" + (metadata.term.map { " of term \($0)" } ?? "")
        }
        return "\(name) from \(directory): revision \(summary.revision)\(entry ?? "")"
    }

    /// What the snapshot may lack, and how to have it.
    var warnings: [String] {
        switch log {
        case .applied: []
        case .ahead(_, let missing): [text(of: missing)]
        case .behind(_, let last):
            [
                "the log in \(walDirectory) ends at entry \(last), before the database does, at "
                    + "\(metadata.consistentIndex ?? 0): it is not the log of this database, so whether that lacks "
                    + "acknowledged writes cannot be told"
            ]
        case .unreadable(let reason):
            [
                "whether the database lacks acknowledged writes cannot be told: \(reason)\n"
                    + "where the log lies elsewhere, name it with --wal-dir"
            ]
        }
    }

    private func text(of missing: MissingEntries) -> String {
        let isOne = missing.count == 1
        let overstated =
            missing.isOverstated ? " (fewer with etcd 3.4, which does not count entries that are not writes)" : ""
        let what =
            "only the log has the last \(isOne ? "entry" : "\(missing.count) entries"): it goes on to "
            + "\(missing.lastIndex), the database stops at \(missing.consistentIndex). "
            + (isOne ? "It may be an acknowledged write" : "Acknowledged writes may be among them") + overstated
        let applied = appliedAtStart(of: missing)
        guard applied > 0 else {
            return what + (isOne ? "\nit was not" : "\nnone of them was")
                + " known to be committed: only a majority could tell, and starting this member alone changes nothing"
        }
        let gain = applied < missing.count ? "\(applied) of them" : isOne ? "it" : "them all"
        return what
            + "\nstart the member once, for ten seconds, and the database has \(gain). Then take a snapshot over "
            + "its endpoint; where it does not answer for want of a quorum, stop it again and repeat this command"
    }

    /// Of the missing entries, those that the member applies by itself. The only voter commits all that it has.
    private func appliedAtStart(of missing: MissingEntries) -> UInt64 {
        let voters = metadata.members.filter { !$0.isLearner }
        return voters.count == 1 && voters.first == own ? missing.count : missing.committedCount
    }

    /// As `snapshot save` of a running member says it.
    var text: String {
        let info =
            "snapshot info: hash \(summary.hash.hexadecimal), revision \(summary.revision), "
            + "total keys \(summary.totalKeys), total size \(summary.totalSize)\n"
        guard let place = object?.uri ?? file else {
            return
                "etcd snapshot written to the standard output (\(bytes) bytes), sha256 \(sha256.map(\.description) ?? "")"
        }
        return "etcd snapshot saved to \"\(place.printable())\" (\(bytes) bytes)\n" + info
    }

    /// A contract: fields may be added. `missingEntries` is null where nothing can be known of it.
    var json: JSONValue {
        let missing = log.missing
        let isKnown: Bool =
            switch log {
            case .applied, .ahead: true;
            case .behind, .unreadable: false
            }
        var members: [String: JSONValue] = [
            "bytes": .int(bytes), "hash": .string(summary.hash.hexadecimal), "revision": .int(summary.revision),
            "totalKeys": .int(Int64(summary.totalKeys)), "totalSize": .int(Int64(summary.totalSize)),
            "dataDir": .string(directory), "walDir": .string(walDirectory),
            "missingEntries": isKnown ? .int(Int64(clamping: missing?.count ?? 0)) : .null,
            "missingCommittedEntries": isKnown ? .int(Int64(clamping: missing?.committedCount ?? 0)) : .null,
            "warnings": .array(warnings.map { .string($0) }),
            "member": .object(present: [
                "id": log.summary?.member.map { .string("\($0)") }, "name": memberName.map { .string($0) },
                "clusterID": log.summary?.cluster.map { .string("\($0)") },
            ]),
        ]
        let known: [String: JSONValue?] = [
            "file": file.map { .string($0) }, "uri": object.map { .string($0.uri) },
            "sha256": sha256.map { .string($0.description) },
            "objectSHA256": object?.receipt.object.metadata?.sha256.map { .string($0) },
            "storageVersion": metadata.storageVersion.map { .string($0) },
            "consistentIndex": metadata.consistentIndex.map { .int(Int64(clamping: $0)) },
            "lastLogIndex": missing.map { .int(Int64(clamping: $0.lastIndex)) },
        ]
        members.merge(known.compactMapValues(\.self)) { $1 }
        return .object(members)
    }
}
