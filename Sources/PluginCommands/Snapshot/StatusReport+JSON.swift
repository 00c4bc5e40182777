import Cryptography
import EtcdRecoverModel
import SnapshotFile

extension StatusReport {
    /// Fields that a file does not have are null, never absent.
    var json: JSONValue {
        let metadata = status.metadata
        return [
            "file": .string(file), "fileSize": .int(Int64(status.fileSize)), "pageSize": .int(Int64(status.pageSize)),
            "kind": .string(status.hasTrailer ? "snapshot" : "database"),
            "hash": .string(status.hash.hexadecimal), "revision": .int(status.revision),
            "totalKeys": .int(Int64(status.printedKeys)),
            "totalKeysCount": .string(status.countsEntries ? "entries" : "liveKeys"),
            "totalSize": .int(Int64(status.totalSize)),
            "sha256": .optional(status.sha256?.description), "hashOK": status.hashOK.map { .bool($0) } ?? .null,
            "entries": .int(Int64(status.totalKeys)), "liveKeys": .int(Int64(status.liveKeys)),
            "leasedKeys": .int(Int64(status.live.leased)), "encryptedKeys": .int(Int64(status.live.encrypted)),
            "leases": .int(Int64(status.leases)),
            "compactRevision": status.compactRevision.map { .int($0) } ?? .null,
            "storageVersion": .optional(metadata.storageVersion), "clusterVersion": .optional(metadata.clusterVersion),
            "raftIndex": .optional(metadata.consistentIndex), "raftTerm": .optional(metadata.term),
            "authEnabled": .bool(metadata.isAuthEnabled),
            "members": .array(metadata.members.map(\.json)),
            "removedMembers": .array(metadata.removedMembers.map { .string("\($0)") }),
            "alarms": .array(
                metadata.alarms.map { ["memberID": .string("\($0.member)"), "alarm": .string("\($0.kind)")] }),
            "buckets": .array(status.buckets.map(\.json)),
        ]
    }
}

extension StoredMember {
    fileprivate var json: JSONValue {
        [
            "id": .string("\(id)"), "name": .string(name), "isLearner": .bool(isLearner),
            "peerURLs": .array(peerURLs.map { .string($0) }), "clientURLs": .array(clientURLs.map { .string($0) }),
        ]
    }
}

extension BucketSize {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "entries": .int(Int64(entries)), "bytes": .int(Int64(contentSize)),
            "pageBytes": .int(Int64(pagesSize)),
        ]
    }
}

extension JSONValue {
    fileprivate static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    fileprivate static func optional(_ number: UInt64?) -> JSONValue {
        number.map { .int(Int64(clamping: $0)) } ?? .null
    }
}
