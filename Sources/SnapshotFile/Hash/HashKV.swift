/// etcd's hash of its keys as of a revision, equal on members that hold the same: what `endpoint hashkv` prints.
///
/// CRC-32C of the text `key` and then the keys and values of the `key` bucket's entries up to the revision, in order.
/// Entries that a compaction has deleted or would delete are left out, so that it does not matter how far it came.
package struct HashKV: Hashable, Sendable {
    package let hash: UInt32
    package let revision: Int64
    /// -1 without a compaction. Hashes can be compared only where this is the same, and `revision` later: asked for the
    /// revision of the compaction itself, members may answer with a hash from before it, or not at all.
    package let compactRevision: Int64

    /// - Parameters:
    ///   - revision: nil for the newest.
    ///   - windowSize: how many compacted entries are judged at a time, a bit of memory for each.
    package init(
        of keyspace: Keyspace, at revision: Int64? = nil, windowSize: Int = 1 << 26, mostSlotBits: Int = 21
    ) throws {
        let revision = try keyspace.resolve(revision)
        let compaction = keyspace.compaction.revision
        var kept = KeptEntries(
            of: keyspace, at: revision, windowSize: windowSize, mostSlotBits: mostSlotBits)
        var crc = CRC32C()
        crc.update(keyspace.bucket.name)
        var cursor = keyspace.cursor()
        var ordinal = 0
        while let entry = try cursor.next() {
            let key = try RevisionKey(of: entry)
            if key.main > revision { break }
            defer { ordinal += 1 }
            if key.main <= compaction {
                guard try kept.contains(ordinal) else { continue }
                if key.main == compaction, key.isTombstone { continue }
            }
            crc.update(entry.key)
            crc.update(entry.value)
        }
        hash = crc.value
        self.revision = revision
        compactRevision = compaction
    }
}

/// Which entries a compaction leaves: the newest of each key that is not deleted. All of them when every key is.
private struct KeptEntries {
    let keyspace: Keyspace
    let revision: Int64
    let windowSize: Int
    let mostSlotBits: Int

    /// The ordinals that the bits stand for.
    private var window = 0..<0
    private var bits: [UInt64] = []
    private var isEmpty = true

    init(of keyspace: Keyspace, at revision: Int64, windowSize: Int, mostSlotBits: Int) {
        self.keyspace = keyspace
        self.revision = revision
        // No file has more entries than this, which saves memory for small ones.
        self.windowSize = max(64, min(windowSize, keyspace.database.image.count / Page.elementSize))
        self.mostSlotBits = mostSlotBits
    }

    /// Asked with rising ordinals.
    mutating func contains(_ ordinal: Int) throws -> Bool {
        if !window.contains(ordinal) { try judge(from: ordinal) }
        guard !isEmpty else { return true }
        let bit = ordinal - window.lowerBound
        return bits[bit / 64] & 1 << UInt64(bit % 64) != 0
    }

    private mutating func judge(from start: Int) throws {
        var bits = [UInt64](repeating: 0, count: (windowSize + 63) / 64)
        var isEmpty = true
        let window = start..<start + windowSize
        try NewestEntries.forEachShare(of: keyspace, upTo: revision, mostSlotBits: mostSlotBits) { newest in
            newest.forEach { _, ordinal, traits in
                guard !traits.contains(.tombstone) else { return }
                isEmpty = false
                guard window.contains(ordinal) else { return }
                let bit = ordinal - window.lowerBound
                bits[bit / 64] |= 1 << UInt64(bit % 64)
            }
        }
        (self.bits, self.isEmpty, self.window) = (bits, isEmpty, window)
    }
}
