import EtcdRecoverModel
import FoundationEssentials

/// What a drill showed.
struct DrillReport: Sendable {
    var backup: EtcdBackup
    var restore: EtcdRestore
    var backupTime: Duration
    var restoreTime: Duration

    var scratch: String { restore.status?.restoredCluster ?? restore.spec?.target?.name ?? "" }

    private var taken: EtcdBackup.Snapshot? { backup.status?.snapshot }
    private var found: EtcdRestore.Verification? { restore.status?.verification }

    /// Both were measured, and nothing differs.
    var isEqual: Bool { differences.isEmpty }

    var differences: [String] {
        var differences: [String] = []
        if found?.matches != true { differences.append("the controller could not prove it equal") }
        switch (taken?.keyspaceHash, found?.keyspaceHash) {
        case (let one?, let other?) where one == other: break
        case (let one?, let other?): differences.append("HashKV is \(other), the backup's was \(one)")
        case (nil, _): differences.append("no HashKV was recorded with the backup")
        case (_, nil): differences.append("no HashKV was read from the restored member")
        }
        return differences
    }

    var text: String {
        """
        \(row("Backup", backup.status?.snapshotLocation ?? "", backupTime))
        \(row("Restore", "EtcdCluster \(scratch)", restoreTime))
        \(row("Revision", "\(taken?.revision.map(String.init) ?? "unknown"), restored \(found?.revision.map(String.init) ?? "unknown")"))
        \(row("Keys", found?.totalKeys.map(String.init) ?? "unknown"))
        \(row("HashKV", "\(taken?.keyspaceHash.map(String.init) ?? "unknown"), restored \(found?.keyspaceHash.map(String.init) ?? "unknown")"))
        \(isEqual ? "The backup restores: HashKV and keys are equal." : "The restored cluster differs.")
        """.printable(keepsLayout: true)
    }

    private func row(_ label: String, _ value: String, _ time: Duration? = nil) -> String {
        let name = label + ":" + String(repeating: " ", count: max(1, 11 - label.count))
        return name + value + (time.map { " (\(Self.seconds($0)) s)" } ?? "")
    }

    private static func seconds(_ time: Duration) -> String {
        let tenths = Int((time / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    var json: JSONValue {
        func number(_ value: Int64?) -> JSONValue { value.map { .int($0) } ?? .null }
        return [
            "equal": .bool(isEqual), "differences": .array(differences.map { .string($0) }),
            "backup": [
                "name": .string(backup.metadata.name ?? ""), "location": .string(backup.status?.snapshotLocation ?? ""),
                "bytes": number(backup.status?.snapshotSizeBytes), "revision": number(taken?.revision),
                "keyspaceHash": number(taken?.keyspaceHash), "seconds": .double(backupTime / .seconds(1)),
            ],
            "restore": [
                "name": .string(restore.metadata.name ?? ""), "cluster": .string(scratch),
                "revision": number(found?.revision), "keys": number(found?.totalKeys),
                "keyspaceHash": number(found?.keyspaceHash), "seconds": .double(restoreTime / .seconds(1)),
            ],
        ]
    }
}
