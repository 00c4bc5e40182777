/// The entries of one mapping while it is read: finds duplicate keys and merges.
struct MappingBuilder {
    private(set) var entries: [YAMLEntry] = []
    /// Where each key stands in `entries`; filled only when the mapping is large.
    private var positions: [KeyBytes: Int] = [:]

    private static let largeCount = 16

    mutating func insert(_ entry: YAMLEntry) throws(YAMLError) {
        guard let position = position(of: entry.key) else { return append(entry) }
        let earlier = entries[position]
        guard earlier.isMerged || entry.isMerged else {
            throw YAMLError(.duplicateKey(entry.key, first: earlier.keyMark), at: entry.keyMark)
        }
        // As kubectl has it, the later of a key and a merged key wins, whichever of the two it is.
        entries[position] = entry
    }

    /// Takes in the value of a merge key: a mapping, or a sequence of them of which the first wins.
    mutating func merge(_ node: YAMLNode) throws(YAMLError) {
        let sources: [YAMLNode] =
            switch node.content {
            case .mapping: [node]
            case .sequence(let items): items.reversed()
            case .scalar: throw YAMLError(.mergeNeedsMapping, at: node.mark)
            }
        for source in sources {
            guard let merged = source.entries else { throw YAMLError(.mergeNeedsMapping, at: source.mark) }
            for var entry in merged {
                entry.isMerged = true
                try insert(entry)
            }
        }
    }

    private mutating func append(_ entry: YAMLEntry) {
        entries.append(entry)
        if entries.count == Self.largeCount {
            for (position, entry) in entries.enumerated() { positions[KeyBytes(key: entry.key)] = position }
        } else if entries.count > Self.largeCount {
            positions[KeyBytes(key: entry.key)] = entries.count - 1
        }
    }

    private func position(of key: String) -> Int? {
        if entries.count >= Self.largeCount { return positions[KeyBytes(key: key)] }
        return entries.firstIndex { $0.key.hasSameBytes(as: key) }
    }
}

/// A key that is equal to another only when all bytes are.
private struct KeyBytes: Hashable {
    var key: String

    static func == (a: Self, b: Self) -> Bool { a.key.hasSameBytes(as: b.key) }
    // Of the bytes too: String's own hash is the same for all spellings of a text, of which a hostile one has many.
    func hash(into hasher: inout Hasher) {
        var key = key
        key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
