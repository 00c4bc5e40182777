import Glibc

/// The newest entry of every user key up to a revision, for a share of the user keys at a time.
///
/// A hash table over places in the mapped file. When the keys do not fit into its bounded size, only half of them, by
/// their hashes, are taken and the bucket is read again for the others: memory stays below 48 MiB whatever the file.
struct NewestEntries: ~Copyable {
    /// The keys whose hashes begin with the `bits` bits of `index`.
    private struct Share {
        var bits = 0
        var index = 0

        @inline(__always)
        func contains(_ hash: UInt64) -> Bool { bits == 0 || hash >> UInt64(64 - bits) == UInt64(index) }

        /// Goes on with the first of the parts that `further` bits make of it. With 16 bits a table of the usual size
        /// is for a hundred thousand million keys.
        mutating func split(into further: Int) {
            let added = min(further, max(1, 16 - bits))
            bits += added
            index <<= added
        }
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
        /// Whether the second part of the hash is the same; the first decides where the slot is, more or less.
        @inline(__always)
        func resembles(_ other: Slot) -> Bool { (rest ^ other.rest) & Self.high23 == 0 }
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

        private static let encryptionMark = Array("k8s:enc:".utf8)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        @inline(__always)
        init(of entry: Entry, isTombstone: Bool) throws(Finding) {
            let version = try KeyValue(of: entry)
            self = isTombstone ? .tombstone : []
            if version.lease != 0 { insert(.leased) }
            if version.value.starts(with: Self.encryptionMark) { insert(.encrypted) }
        }
    }

    /// Ordinals have 38 bits.
    private static let mostEntries = 1 << 38
    private static let fewestSlotBits = 10

    private let mostSlotBits: Int
    private let seed = KeyHash()
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
        of keyspace: Keyspace, upTo revision: Int64, mostSlotBits: Int = 21,
        _ body: (borrowing NewestEntries) throws -> Void
    ) throws {
        var table = NewestEntries(mostSlotBits: mostSlotBits)
        while table.share.index < 1 << table.share.bits {
            guard let bytesRead = try table.fill(from: keyspace, upTo: revision) else {
                try body(table)
                table.share.index += 1
                continue
            }
            // At the rate so far, this many such tables would be filled by the whole file.
            let tables = keyspace.database.image.count / max(1, bytesRead)
            table.share.split(into: max(1, Int.bitWidth - 1 - tables.leadingZeroBitCount))
        }
    }

    /// Each key's newest entry: the offset of its element, its place among the bucket's entries, from 0.
    @inline(__always)
    func forEach(_ body: (_ offset: Int, _ ordinal: Int, Traits) throws -> Void) rethrows {
        for slot in slots where slot.place != 0 { try body(slot.offset, slot.ordinal, slot.traits) }
    }

    /// Reads the bucket. When the share's keys do not fit: how many bytes of pages had been read until then.
    private mutating func fill(from keyspace: Keyspace, upTo revision: Int64) throws(Finding) -> Int? {
        slots.update(repeating: Slot())
        count = 0
        var cursor = keyspace.cursor()
        var ordinal = 0
        while let entry = try cursor.next() {
            let key = try RevisionKey(of: entry)
            if key.main > revision { break }
            let userKey = try KeyValue.key(of: entry)
            let hash = seed.hash(userKey)
            if share.contains(hash) {
                let traits = try Traits(of: entry, isTombstone: key.isTombstone)
                let slot = Slot(hash: hash, offset: entry.offset, ordinal: ordinal, traits: traits)
                guard try insert(slot, userKey, keyspace.database) else { return cursor.bytesRead }
            }
            ordinal += 1
            guard ordinal < Self.mostEntries else {
                throw Finding(expected: "at most \(Self.mostEntries) entries", found: "more")
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func insert(_ slot: Slot, _ key: Bytes, _ database: Database) throws(Finding) -> Bool {
        var index = home(slot.hash)
        while slots[index].place != 0 {
            if slots[index].resembles(slot),
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

    /// Of large pages where the kernel has them: nearly every access is to another page.
    private static func allocate(_ bits: Int) -> UnsafeMutableBufferPointer<Slot> {
        let size = MemoryLayout<Slot>.stride << bits
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: min(size, largePage))
        if size >= largePage { madvise(memory, size, MADV_HUGEPAGE) }
        let slots = memory.bindMemory(to: Slot.self, capacity: 1 << bits)
        slots.initialize(repeating: Slot(), count: 1 << bits)
        return UnsafeMutableBufferPointer(start: slots, count: 1 << bits)
    }

    private static let largePage = 2 << 20
}
