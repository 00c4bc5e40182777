/// The newest entry of every user key up to a revision, for a share of the user keys at a time.
///
/// A hash table over places in the mapped file. When the keys do not fit into its bounded size, only half of them, by
/// their hashes, are taken and the bucket is read again for the others: memory stays below 24 MiB whatever the file.
struct NewestEntries: ~Copyable {
    /// The keys whose hashes begin with the `bits` bits of `index`.
    private struct Share {
        var bits = 0
        var index = 0

        @inline(__always)
        func contains(_ hash: UInt64) -> Bool { bits == 0 || hash >> UInt64(64 - bits) == UInt64(index) }
    }

    /// From the highest bit on: sixteen of the hash and 48 of the element's offset in the file, which is never 0 but in
    /// an empty slot; then 23 further ones of the hash, 38 of the entry's ordinal in the bucket, and the traits.
    private struct Slot {
        var place: UInt64 = 0
        var rest: UInt64 = 0

        private static let high16 = UInt64(0xFFFF) << 48
        private static let high23 = UInt64(0x7F_FFFF) << 41

        @inline(__always)
        init() {}

        @inline(__always)
        init(hash: UInt64, offset: Int, ordinal: Int, traits: Traits) {
            place = hash & Self.high16 | UInt64(truncatingIfNeeded: offset)
            rest = (hash << 16) & Self.high23 | UInt64(truncatingIfNeeded: ordinal &* 8) | UInt64(traits.rawValue)
        }

        /// The bits of the hash that are kept, the first 39.
        @inline(__always) var hash: UInt64 { place & Self.high16 | (rest & Self.high23) >> 16 }
        @inline(__always) var offset: Int { Int(place & ~Self.high16) }
        @inline(__always) var ordinal: Int { Int((rest & ~Self.high23) / 8) }
        @inline(__always) var traits: Traits { Traits(rawValue: UInt8(rest & 7)) }
    }

    /// What is noted about an entry while it is read anyway, so that it need not be looked up again.
    struct Traits: OptionSet {
        let rawValue: UInt8

        static let tombstone = Traits(rawValue: 1)
        /// It has a lease.
        static let leased = Traits(rawValue: 2)
        /// A Kubernetes API server has encrypted its value.
        static let encrypted = Traits(rawValue: 4)
    }

    /// Ordinals have 38 bits.
    private static let mostEntries = 1 << 38
    private static let encryptionMark = Array("k8s:enc:".utf8)
    private static let fewestSlotBits = 10

    private let mostSlotBits: Int
    private var share = Share()
    private var slotBits = fewestSlotBits
    private var slots: UnsafeMutableBufferPointer<Slot>
    /// User keys in the table.
    private var count = 0

    private init(mostSlotBits: Int) {
        self.mostSlotBits = max(mostSlotBits, Self.fewestSlotBits)
        slots = Self.allocate(slotBits)
    }

    deinit { slots.deallocate() }

    /// Calls `body` with the tables of all shares, one after the other.
    /// - Parameter mostSlotBits: 2 to this many slots of 16 bytes; three quarters are used.
    static func forEachShare(
        of keyspace: Keyspace, upTo revision: Int64, mostSlotBits: Int = 20,
        _ body: (borrowing NewestEntries) throws -> Void
    ) throws {
        var table = NewestEntries(mostSlotBits: mostSlotBits)
        while table.share.index < 1 << table.share.bits {
            if try table.fill(from: keyspace, upTo: revision) {
                try body(table)
                table.share.index += 1
            } else {
                table.share.bits += 1
                table.share.index *= 2
            }
        }
    }

    /// Each key's newest entry: the offset of its element, its place among the bucket's entries, from 0.
    @inline(__always)
    func forEach(_ body: (_ offset: Int, _ ordinal: Int, Traits) throws -> Void) rethrows {
        for slot in slots where slot.place != 0 { try body(slot.offset, slot.ordinal, slot.traits) }
    }

    /// Reads the bucket. False when the share's keys do not fit.
    private mutating func fill(from keyspace: Keyspace, upTo revision: Int64) throws(Finding) -> Bool {
        slots.update(repeating: Slot())
        count = 0
        var cursor = keyspace.cursor()
        var ordinal = 0
        while let entry = try cursor.next() {
            let key = try RevisionKey(of: entry)
            if key.main > revision { break }
            let version = try KeyValue(of: entry)
            let hash = Self.hash(version.key)
            if share.contains(hash) {
                var traits: Traits = key.isTombstone ? .tombstone : []
                if version.lease != 0 { traits.insert(.leased) }
                if version.value.starts(with: Self.encryptionMark) { traits.insert(.encrypted) }
                let slot = Slot(hash: hash, offset: entry.offset, ordinal: ordinal, traits: traits)
                guard try insert(slot, version.key, keyspace.database) else { return false }
            }
            ordinal += 1
            guard ordinal < Self.mostEntries else {
                throw Finding(expected: "at most \(Self.mostEntries) entries", found: "more")
            }
        }
        return true
    }

    @inline(__always)
    private mutating func insert(_ slot: Slot, _ key: Bytes, _ database: Database) throws(Finding) -> Bool {
        var index = home(slot.hash)
        while slots[index].place != 0 {
            if slots[index].place >> 48 == slot.place >> 48,
                try KeyValue.key(of: database.entry(at: slots[index].offset)) == key
            {
                slots[index] = slot
                return true
            }
            index = (index &+ 1) & (slots.count &- 1)
        }
        slots[index] = slot
        count += 1
        return count * 4 <= slots.count * 3 || grow()
    }

    private mutating func grow() -> Bool {
        guard slotBits < mostSlotBits else { return false }
        let old = slots
        defer { old.deallocate() }
        slotBits += 1
        slots = Self.allocate(slotBits)
        for slot in old where slot.place != 0 {
            var index = home(slot.hash)
            while slots[index].place != 0 { index = (index &+ 1) & (slots.count &- 1) }
            slots[index] = slot
        }
        return true
    }

    /// Where a key's slot is looked for first: the bits of the hash behind those of the share.
    @inline(__always)
    private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash << UInt64(share.bits)) >> UInt64(64 - slotBits))
    }

    private static func allocate(_ bits: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: 1 << bits)
        slots.initialize(repeating: Slot())
        return slots
    }

    /// Seeded anew in each process, so that no file is made of keys that collide.
    @inline(__always)
    private static func hash(_ key: Bytes) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: key.buffer)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
