/// What etcd finds of its raft log when a restored member starts for the first time: one committed entry for each
/// member, and nothing else.
struct RestoredLog {
    static let term: UInt64 = 1

    let membership: Membership

    /// Index of the last entry, and what the database must say it has applied.
    var index: UInt64 { UInt64(membership.members.count) }
    var snapName: String { "\(WALRecord.padded(Self.term))-\(WALRecord.padded(index)).snap" }
    var walName: String { WALRecord.fileName(sequence: 0, index: 0) }

    /// The whole write-ahead log, without the space that etcd allocates ahead.
    var wal: [UInt8] {
        var writer = WALWriter()
        writer.append(.checksum)
        writer.append(
            .metadata,
            .message {
                $0.varint(1, membership.local.id.rawValue); $0.varint(2, membership.clusterID.rawValue)
            })
        writer.append(
            .snapshot,
            .message {
                $0.varint(1, 0); $0.varint(2, 0)
            })
        for (offset, member) in membership.members.enumerated() {
            writer.append(.entry, entry(adding: member, at: UInt64(offset) + 1))
        }
        writer.append(
            .hardState,
            .message {
                $0.varint(1, Self.term)
                // etcd votes for the first member, whichever is restored.
                $0.varint(2, membership.members[0].id.rawValue)
                $0.varint(3, index)
            })
        writer.append(
            .snapshot,
            .message {
                $0.varint(1, index); $0.varint(2, Self.term); $0.bytes(3, configuration)
            })
        return writer.file
    }

    /// The raft snapshot at the last entry: the members as etcd up to 3.5 reads them.
    var snap: [UInt8] {
        let metadata: [UInt8] = .message {
            $0.bytes(1, configuration)
            $0.varint(2, index)
            $0.varint(3, Self.term)
        }
        let data: [UInt8] = .message {
            $0.bytes(1, Array(store.utf8)); $0.bytes(2, metadata)
        }
        var checksum = CRC32C()
        checksum.update(data)
        return .message {
            $0.varint(1, UInt64(checksum.value)); $0.bytes(2, data)
        }
    }

    private func entry(adding member: Membership.Member, at index: UInt64) -> [UInt8] {
        let change: [UInt8] = .message {
            $0.varint(1, 0)
            $0.varint(2, 0)  // add a voter
            $0.varint(3, member.id.rawValue)
            $0.bytes(4, Array(member.json.utf8))
        }
        return .message {
            $0.varint(1, 1)  // a change of the members
            $0.varint(2, Self.term)
            $0.varint(3, index)
            $0.bytes(4, change)
        }
    }

    private var configuration: [UInt8] {
        .message { message in
            for member in membership.members { message.varint(1, member.id.rawValue) }
            message.varint(5, 0)  // not about to leave a joint configuration
        }
    }

    /// The v2 store, without the history of events that etcd writes into it and never needs again.
    private var store: String {
        let members = membership.members.enumerated().map { offset, member in
            let path = "/0/members/\(member.id)", index = offset + 1
            let leaf = node(path + "/raftAttributes", at: index, value: member.raftAttributes)
            return (member.id.description, node(path, at: index, children: [("raftAttributes", leaf)]))
        }
        let zero = node("/0", at: 0, children: [("members", node("/0/members", at: 1, children: members))])
        let root = node("/", at: 0, children: [("0", zero), ("1", node("/1", at: 0, children: []))])
        return #"{"Root":\#(root),"CurrentIndex":\#(index),"CurrentVersion":2}"#
    }

    private func node(_ path: String, at index: Int, value: String = "", children: [(String, String)]? = nil) -> String
    {
        let inside = children.map { "{" + $0.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}" } ?? "null"
        return #"{"Path":"\#(path)","CreatedIndex":\#(index),"ModifiedIndex":\#(index),"#
            + #""ExpireTime":"0001-01-01T00:00:00Z","Value":\#(GoJSON.string(value)),"Children":\#(inside)}"#
    }
}

extension [UInt8] {
    fileprivate static func message(_ fields: (inout WireWriter) -> Void) -> [UInt8] { WireWriter.message(fields) }
}
