import Cryptography
import EtcdRecoverModel
import SnapshotFile

/// What `restore` says when it is done: what was made, what it takes over, and what comes next.
struct RestoreReport {
    var restored: RestoredMember
    var request: RestoreRequest

    private var membership: Membership { restored.membership }
    private var others: [String] { membership.members.map(\.name).filter { $0 != membership.local.name } }

    var text: String {
        """
        Restored \(request.snapshot) into \(restored.dataDirectory) as member \(membership.local.name) \
        (\(membership.local.id)) of cluster \(membership.clusterID).

        \(labelled([
            ("Snapshot", digest), ("Revision", revision), ("Database", "\(restored.databaseSize) bytes"),
            ("WAL", restored.walDirectory),
        ]))
        Members of the new cluster:
        \(members)
        Taken over from the old one:
        \(labelled(inherited))
        \(next)
        """.printable(keepsLayout: true)
    }

    private var revision: String {
        restored.revision == restored.snapshotRevision
            ? "\(restored.revision)"
            : "\(restored.revision), raised from \(restored.snapshotRevision); everything before is marked as compacted"
    }

    private var digest: String {
        restored.sha256.map { "SHA-256 \($0) matches" } ?? "SHA-256 not compared"
    }

    private var members: String {
        Table(
            columns: ["ID", "NAME", "PEER URLS"],
            rows: membership.members.map { member in
                ["\(member.id)", member.name, member.peerURLs.map(\.description).joined(separator: ",")]
            }
        ).text(indent: "  ")
    }

    private var inherited: [(String, String)] {
        let inherited = restored.inherited
        let alarms = inherited.alarms.map { "\($0.kind) of member \($0.member)" }.joined(separator: ", ")
        return [
            ("Live keys", "\(inherited.liveKeys)"),
            ("With a lease", "\(inherited.leasedKeys)"),
            ("Encrypted", "\(inherited.encryptedKeys)"),
            ("Authentication", inherited.isAuthEnabled ? "on" : "off"),
            ("Alarms", alarms.isEmpty ? "none" : request.disarmsAlarms ? "\(alarms), left behind" : alarms),
            ("Storage version", Self.text(of: inherited.storageVersion, restored.versions.storageVersion)),
            ("Cluster version", Self.text(of: inherited.clusterVersion, restored.versions.clusterVersion)),
        ]
    }

    private static func text(of version: String?, _ outcome: VersionChange.Outcome) -> String {
        switch outcome {
        case .kept: version ?? "not recorded"
        case .removed: "\(version ?? "none"), taken out"
        case .lowered(let lower): "\(version ?? "none"), lowered to \(lower)"
        }
    }

    private func labelled(_ fields: [(label: String, value: String)]) -> String {
        let width = (fields.map(\.label.count).max() ?? 0) + 4
        return fields.map { label, value in
            "  \(label):" + String(repeating: " ", count: width - label.count - 1) + value + "\n"
        }.joined()
    }

    private var next: String {
        var text = "Next:\n"
        if !others.isEmpty {
            text +=
                "  Restore the same file for \(others.joined(separator: ", ")), with the same --initial-cluster and "
                + "--initial-cluster-token.\n"
        }
        text += "  Start etcd with --name \(membership.local.name) --data-dir \(restored.dataDirectory)"
        if restored.walDirectory != "\(restored.dataDirectory)/member/wal" {
            text += " --wal-dir \(restored.walDirectory)"
        }
        return text
            + ".\n  Whoever runs it must own these files. It takes its identity from the restored log and ignores\n"
            + "  --initial-cluster and its kin.\n"
    }
}
