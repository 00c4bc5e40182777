@testable import SnapshotFile

/// Changes of user keys, as etcd would store them; every change is a transaction of its own.
struct History {
    private struct Version {
        var created: Int64
        var number: Int64
    }

    private(set) var items: [DatabaseWriter.Item] = []
    private(set) var revision: Int64 = 1
    private var live: [String: Version] = [:]
    /// The keys that exist, with the revision of their newest version.
    private(set) var newest: [String: Int64] = [:]

    mutating func put(_ key: String, _ value: [UInt8], lease: Int64 = 0) {
        revision += 1
        var version = live[key] ?? Version(created: revision, number: 0)
        version.number += 1
        live[key] = version
        newest[key] = revision
        let message =
            bytes(1, Array(key.utf8)) + varint(2, version.created) + varint(3, revision) + varint(4, version.number)
            + bytes(5, value) + varint(6, lease)
        items.append((RevisionKey(main: revision).encoded, message))
    }

    mutating func delete(_ key: String) {
        revision += 1
        live[key] = nil
        newest[key] = nil
        items.append((RevisionKey(main: revision, isTombstone: true).encoded, bytes(1, Array(key.utf8))))
    }

    /// A database that holds nothing else.
    func writer(pageSize: Int = 4096, compacted: Int64? = nil) -> DatabaseWriter {
        var writer = DatabaseWriter(pageSize: pageSize)
        for bucket in EtcdBucket.allCases where bucket != .unknown { writer.buckets[bucket.rawValue] = [] }
        writer.buckets["key"] = items
        var meta: [DatabaseWriter.Item] = [(Array("consistent_index".utf8), bigEndianBytes(UInt64(revision)))]
        if let compacted {
            let mark = RevisionKey(main: compacted).encoded
            meta.append((Array("finishedCompactRev".utf8), mark))
            meta.append((Array("scheduledCompactRev".utf8), mark))
        }
        writer.buckets["meta"] = meta
        return writer
    }

    private func bytes(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
        content.isEmpty ? [] : [field << 3 | 2] + varint(UInt64(content.count)) + content
    }

    private func varint(_ field: UInt8, _ value: Int64) -> [UInt8] {
        value == 0 ? [] : [field << 3] + varint(UInt64(bitPattern: value))
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var encoded: [UInt8] = []
        while rest >= 0x80 {
            encoded.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return encoded + [UInt8(rest)]
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
