/// Entries of the `key` bucket, sorted by user key through the map, the newest of each key only.
///
/// Sorted by seven bytes of the key at a time, the most significant first: each is fetched from the map once, and
/// comparisons are between integers.
struct KeyBatch {
    private struct Item {
        /// Seven bytes of the key at the current depth, filled up with zeros, and how many of them there are: 8 when
        /// the key goes on behind them. Equal chunks with less than 8 end equal keys.
        var chunk: UInt64
        var offset: Int
    }

    /// Items that share all bytes of the key before `depth`, sorted by chunk, as far as they are not yet kept.
    private struct Level {
        var rest: Range<Int>
        var depth: Int
    }

    private static let chunkSize = 7

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
    mutating func append(_ offset: Int) { items.append(Item(chunk: 0, offset: offset)) }

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
            if group.count == 1 || items[group.lowerBound].chunk & 0xFF <= UInt64(Self.chunkSize) {
                // Never ahead of what is still to be read.
                items[kept].offset = try newest(in: group, database)
                kept += 1
            } else {
                levels.append(try level(group, depth: current.depth + Self.chunkSize, database))
            }
        }
        items.removeSubrange(kept...)
    }

    private mutating func level(_ range: Range<Int>, depth: Int, _ database: Database) throws(Finding) -> Level {
        for index in range {
            let key = try KeyValue.key(of: database.entry(at: items[index].offset))
            items[index].chunk = Self.chunk(of: key, at: depth)
        }
        items.withUnsafeMutableBufferPointer { items in
            var slice = UnsafeMutableBufferPointer(rebasing: items[range])
            slice.sort { $0.chunk < $1.chunk }
        }
        return Level(rest: range, depth: depth)
    }

    private static func chunk(of key: Bytes, at depth: Int) -> UInt64 {
        let left = max(0, key.count - depth)
        if left > chunkSize, let word = key.bigEndian(at: depth, as: UInt64.self) { return word & ~0xFF | 8 }
        var chunk: UInt64 = 0
        for index in 0..<min(left, chunkSize) { chunk |= UInt64(key[depth + index]) << UInt64(56 - 8 * index) }
        return chunk | UInt64(left)
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
