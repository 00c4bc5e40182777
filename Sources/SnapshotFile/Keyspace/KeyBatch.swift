/// Entries of the `key` bucket, sorted by user key through the map, the newest of each key only.
///
/// Sorted by fifteen bytes of the key at a time, the most significant first: each is fetched from the map once, and
/// comparisons are between integers.
struct KeyBatch {
    /// Fifteen bytes of a key from some depth on, filled up with zeros, and behind them how many there are: 16 when the
    /// key goes on. Equal chunks with less than that end equal keys.
    private struct Chunk: Comparable {
        static let size = 15

        private var high: UInt64 = 0
        private var low: UInt64 = 0

        init() {}

        @inline(__always)
        init(of key: Bytes, at depth: Int) {
            let left = max(0, key.count - depth)
            if left > Self.size, let high = key.bigEndian(at: depth, as: UInt64.self),
                let low = key.bigEndian(at: depth + 8, as: UInt64.self)
            {
                (self.high, self.low) = (high, low & ~0xFF | UInt64(Self.size + 1))
                return
            }
            for index in 0..<min(left, Self.size) {
                let byte = UInt64(key[depth + index])
                if index < 8 { high |= byte << UInt64(56 - 8 * index) } else { low |= byte << UInt64(120 - 8 * index) }
            }
            low |= UInt64(left)
        }

        /// Whether the key ends with it.
        var isLast: Bool { low & 0xFF <= UInt64(Self.size) }

        @inline(__always)
        static func < (one: Chunk, other: Chunk) -> Bool {
            one.high != other.high ? one.high < other.high : one.low < other.low
        }
    }

    private struct Item {
        var chunk = Chunk()
        var offset: Int
    }

    /// Items that share all bytes of the key before `depth`, sorted by chunk, as far as they are not yet kept.
    private struct Level {
        var rest: Range<Int>
        var depth: Int
    }

    private let capacity: Int
    private var items: [Item] = []

    init(capacity: Int) {
        self.capacity = max(capacity, 2)
    }

    var count: Int { items.count }
    var isFull: Bool { items.count >= capacity }

    func offset(_ index: Int) -> Int { items[index].offset }

    mutating func removeAll() { items.removeAll(keepingCapacity: true) }

    /// Entries are added in the order of their revisions.
    mutating func append(_ offset: Int) { items.append(Item(offset: offset)) }

    /// Makes room: drops older versions, and, when that is too little, the larger half of the keys. Returns the first
    /// key that was dropped.
    mutating func shrink(in database: Database) throws(Finding) -> [UInt8]? {
        try sort(in: database)
        guard items.count > capacity / 2 else { return nil }
        let middle = max(1, capacity / 2)
        let end = try KeyValue.key(of: database.entry(at: items[middle].offset)).array
        items.removeSubrange(middle...)
        return end
    }

    /// By user key, only the newest of each.
    mutating func sort(in database: Database) throws(Finding) {
        var kept = 0
        var levels = [try level(0..<items.count, depth: 0, database)]
        while let current = levels.last {
            guard let group = firstEqual(in: current.rest) else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].rest = group.upperBound..<current.rest.upperBound
            if group.count == 1 || items[group.lowerBound].chunk.isLast {
                // Never ahead of what is still to be read.
                items[kept].offset = try newest(in: group, database)
                kept += 1
            } else {
                levels.append(try level(group, depth: current.depth + Chunk.size, database))
            }
        }
        items.removeSubrange(kept...)
    }

    private mutating func level(_ range: Range<Int>, depth: Int, _ database: Database) throws(Finding) -> Level {
        for index in range {
            let key = try KeyValue.key(of: database.entry(at: items[index].offset))
            items[index].chunk = Chunk(of: key, at: depth)
        }
        items.withUnsafeMutableBufferPointer { items in
            var slice = UnsafeMutableBufferPointer(rebasing: items[range])
            slice.sort { $0.chunk < $1.chunk }
        }
        return Level(rest: range, depth: depth)
    }

    private func firstEqual(in range: Range<Int>) -> Range<Int>? {
        guard let start = range.first else { return nil }
        let end = range.first { items[$0].chunk != items[start].chunk } ?? range.upperBound
        return start..<end
    }

    /// The newest version among those of one key.
    private func newest(in range: Range<Int>, _ database: Database) throws(Finding) -> Int {
        var newest = items[range.lowerBound].offset
        guard range.count > 1 else { return newest }
        var revision = try RevisionKey(of: database.entry(at: newest))
        for item in items[range.dropFirst()] {
            let other = try RevisionKey(of: database.entry(at: item.offset))
            if revision < other { (newest, revision) = (item.offset, other) }
        }
        return newest
    }
}
