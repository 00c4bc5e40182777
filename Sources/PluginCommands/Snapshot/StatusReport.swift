import Cryptography
import EtcdRecoverModel
import SnapshotFile

/// What `status` says about a file.
struct StatusReport {
    var file: String
    var status: SnapshotStatus
    /// The SHA-256 that the file ends in.
    var trailer: [UInt8]?

    /// Nil for a file that is as it was saved, or that cannot tell.
    var failure: CommandFailure? {
        guard status.hashOK == false, let sha256 = status.sha256, let trailer else { return nil }
        return CommandFailure(
            "\(file) is not what was saved: its SHA-256 is \(sha256), and it ends in \(trailer.hexadecimal)",
            hint: "use another copy. What is damaged may show in: kubectl etcdrecover snapshot verify \(file)")
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !status.hasTrailer {
            warnings.append(
                "\(file) has no SHA-256 to check it by: it is a copy of a member's database, or a snapshot that lost its end"
            )
        }
        for alarm in status.metadata.alarms {
            warnings.append("alarm \(alarm.kind) of member \(alarm.member) is in it and comes back with a restore")
        }
        if status.live.encrypted > 0 {
            warnings.append(
                "values that an API server has encrypted, which are of no use without its EncryptionConfiguration: "
                    + "\(status.live.encrypted)")
        }
        return warnings
    }

    func text(style: Style) -> String {
        var text = ""
        let width = (fields.map(\.label.count).max() ?? 0) + 4
        for field in fields {
            let label = field.label + ":"
            text += label + String(repeating: " ", count: width - label.count) + field.value.printable() + "\n"
        }
        if failure != nil { text = text.replacing("DOES NOT MATCH", with: style.paint("DOES NOT MATCH", .red)) }
        if !status.metadata.members.isEmpty { text += "\nMembers:\n" + members.text(indent: "  ") }
        if !status.buckets.isEmpty { text += "\nBuckets:\n" + buckets.text(indent: "  ") }
        return text + "\n" + status.infoLine + "\n"
    }

    private var fields: [(label: String, value: String)] {
        let metadata = status.metadata
        let keys =
            status.countsEntries
            ? "all entries of all buckets, as etcd counts up to 3.5" : "live keys, as etcd counts from 3.6 on"
        return [
            (
                "File",
                "\(file), \(status.fileSize) bytes, \(status.hasTrailer ? "a snapshot" : "a database without SHA-256")"
            ),
            ("SHA-256", sha256),
            ("Hash", status.hash.hexadecimal),
            ("Revision", "\(status.revision)"),
            ("Compacted at", status.compactRevision.map { "\($0)" } ?? "never"),
            ("Live keys", liveKeys),
            ("Total keys", "\(status.printedKeys) (\(keys))"),
            (
                "Total size",
                "\(status.totalSize) bytes, \(status.totalSize / max(1, status.pageSize)) pages of \(status.pageSize)"
            ),
            ("Storage version", metadata.storageVersion ?? "not recorded, as by etcd up to 3.5"),
            ("Cluster version", metadata.clusterVersion ?? "not recorded"),
            ("Raft", raft),
            (
                "Alarms",
                metadata.alarms.isEmpty
                    ? "none" : metadata.alarms.map { "\($0.kind) of member \($0.member)" }.joined(separator: ", ")
            ),
            ("Authentication", metadata.isAuthEnabled ? "on" : "off"),
        ]
    }

    private var sha256: String {
        switch (status.sha256, status.hashOK) {
        case (let digest?, true?): "\(digest), matches"
        case (let digest?, false?): "\(digest), DOES NOT MATCH what the file ends in"
        case (let digest?, nil): "\(digest), nothing to compare with"
        case (nil, _): "not computed"
        }
    }

    private var liveKeys: String {
        let live = status.live
        let parts = [
            live.leased > 0 ? "\(live.leased) with a lease" : nil,
            live.encrypted > 0 ? "\(live.encrypted) encrypted" : nil,
        ].compactMap(\.self)
        return "\(live.keys)" + (parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")")
    }

    private var raft: String {
        let parts = [
            status.metadata.consistentIndex.map { "index \($0)" }, status.metadata.term.map { "term \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? "not recorded" : parts.joined(separator: ", ")
    }

    private var members: Table {
        Table(
            columns: ["ID", "NAME", "ROLE", "PEER URLS", "CLIENT URLS"],
            rows: status.metadata.members.map { member in
                [
                    "\(member.id)", member.name, member.isLearner ? "learner" : "voter",
                    member.peerURLs.joined(separator: ","), member.clientURLs.joined(separator: ","),
                ].map { $0.printable() }
            })
    }

    private var buckets: Table {
        Table(
            columns: ["NAME", "ENTRIES", "BYTES", "IN PAGES"],
            rows: status.buckets.map { bucket in
                [bucket.name.printable(), "\(bucket.entries)", "\(bucket.contentSize)", "\(bucket.pagesSize)"]
            })
    }
}

extension SnapshotStatus {
    /// etcd's own tool counts every entry for files of etcd up to 3.5, which do not record a storage version.
    var countsEntries: Bool { storageVersion == nil }

    /// The "total keys" of etcd's own tool.
    var printedKeys: Int { countsEntries ? totalKeys : liveKeys }

    /// The line that users of Talos know.
    var infoLine: String {
        "snapshot info: hash \(hash.hexadecimal), revision \(revision), total keys \(printedKeys), total size \(totalSize)"
    }
}
