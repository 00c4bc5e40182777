import EtcdRecoverModel
import SnapshotFile

/// What `diff` prints.
struct Comparison {
    struct Counts: Hashable {
        var added = 0
        var removed = 0
        var changed = 0
        var same = 0

        var hasDifferences: Bool { added + removed + changed > 0 }
        var sentence: String { "\(added) added, \(removed) removed, \(changed) changed, \(same) the same" }
    }

    var before: SnapshotReading
    var beforeRevision: Int64
    var after: SnapshotReading
    var afterRevision: Int64
    var span: KeySpan

    func print(as format: DataFormat?, on console: Console) throws -> Counts {
        if let format { try printData(as: format, on: console) } else { try printTable(on: console) }
    }

    private func printTable(on console: Console) throws -> Counts {
        var table = StreamedTable(columns: ["CHANGE", "REVISION", "SIZE", "KEY"], on: console)
        let counts = try forEachDifference { difference in try table.add(difference.row) }
        if counts.hasDifferences { try table.finish() }
        console.note(counts.sentence)
        return counts
    }

    private func printData(as format: DataFormat, on console: Console) throws -> Counts {
        var list = DataList("differences", as: format, on: console)
        let counts = try forEachDifference { difference in try list.append(difference.json) }
        try list.finish([
            "added": .int(Int64(counts.added)), "removed": .int(Int64(counts.removed)),
            "changed": .int(Int64(counts.changed)), "same": .int(Int64(counts.same)),
            "revisionA": .int(beforeRevision), "revisionB": .int(afterRevision),
        ])
        return counts
    }

    private func forEachDifference(_ body: (KeyDifference) throws -> Void) throws -> Counts {
        var counts = Counts()
        do {
            var differences = try KeyDifferences(
                from: before.keyspace, fromRevision: beforeRevision, to: after.keyspace, toRevision: afterRevision,
                in: span)
            while let difference = try differences.next() {
                switch difference.kind {
                case .added: counts.added += 1
                case .removed: counts.removed += 1
                case .changed: counts.changed += 1
                }
                try body(difference)
            }
            counts.same = differences.sameCount
        } catch let damage as KeyDifferences.Damage {
            throw CommandFailure(damagedAt: damage.finding, in: (damage.isBefore ? before : after).file)
        }
        return counts
    }
}

extension KeyDifference {
    fileprivate var row: [String] {
        [
            kind == .changed && hasSameValue ? "changed (same value)" : kind.rawValue,
            Self.pair(before?.modRevision, after?.modRevision), Self.pair(before?.value.count, after?.value.count),
            KeyText.text(of: key),
        ]
    }

    /// `12 -> 15`, or what there is of it.
    private static func pair<Number: Equatable>(_ old: Number?, _ new: Number?) -> String {
        old == new
            ? old.map { "\($0)" } ?? "" : [old, new].compactMap(\.self).map { "\($0)" }.joined(separator: " -> ")
    }

    fileprivate var json: JSONValue {
        let name = key.jsonMember("key")
        var members: [String: JSONValue] = [name.key: name.value, "change": .string(kind.rawValue)]
        if let before { members["before"] = Self.side(before) }
        if let after { members["after"] = Self.side(after) }
        if kind == .changed { members["sameValue"] = .bool(hasSameValue) }
        return .object(members)
    }

    private static func side(_ version: KeyVersion) -> JSONValue {
        var members = version.metadataMembers
        members["key"] = nil
        members["keyBase64"] = nil
        return .object(members)
    }
}
