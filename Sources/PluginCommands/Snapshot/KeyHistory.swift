import EtcdRecoverModel
import SnapshotFile

/// What `get --history` prints: every version of a key that the snapshot still has, the oldest first.
struct KeyHistory {
    var reading: SnapshotReading
    var key: [UInt8]

    func print(as format: DataFormat?, on console: Console) throws {
        if let format {
            try printData(as: format, on: console)
        } else {
            try printTable(on: console)
        }
    }

    private func printTable(on console: Console) throws {
        var table = StreamedTable(
            columns: ["REVISION", "CHANGE", "VERSION", "CREATED", "SIZE", "LEASE", "STORED AS"], on: console)
        var count = 0
        try forEach { change in
            count += 1
            try table.add(
                change.isTombstone
                    ? ["\(change.modRevision)", "delete", "", "", "", "", ""]
                    : [
                        "\(change.modRevision)", "put", "\(change.version)", "\(change.createRevision)",
                        "\(change.value.count)", leaseText(change.lease),
                        StoredValue(change.value).description.printable(),
                    ])
        }
        guard count > 0 else { throw nothing }
        try table.finish()
        if let compaction {
            console.note("Compacted at revision \(compaction): of what was before, only the newest version is left.")
        }
    }

    private func printData(as format: DataFormat, on console: Console) throws {
        var list = DataList("history", as: format, on: console)
        try forEach { change in
            var members: [String: JSONValue] = [
                "modRevision": .int(change.modRevision), "change": .string(change.isTombstone ? "delete" : "put"),
            ]
            if !change.isTombstone {
                members.merge(change.metadataMembers) { $1 }
                members.merge(StoredValue(change.value).jsonMembers) { $1 }
            }
            try list.append(.object(members))
        }
        try list.finish(["compactRevision": compaction.map { .int($0) } ?? .null])
    }

    /// Nil when there was none.
    private var compaction: Int64? {
        let revision = reading.keyspace.compaction.revision
        return revision < 0 ? nil : revision
    }

    private func forEach(_ body: (KeyVersion) throws -> Void) throws {
        try reading.read { try $0.forEachChange(of: key, body) }
    }

    private var nothing: CommandFailure {
        CommandFailure(
            "\(reading.file) knows nothing of this key",
            hint: "list the keys there are with: kubectl etcdrecover snapshot keys \(reading.file)")
    }
}
