/// Reads a bucket's entries in key order.
///
/// Whatever the file holds, the work is bounded: a cursor reads at most as many bytes of pages as the image has, so a
/// page reached twice or in a circle ends in a finding; elements of one page may not share bytes; keys must rise.
/// Its entries can be read while the database's file is mapped.
package struct Cursor {
    /// Far above what bbolt builds: 64 levels of two children each are 2^64 pages.
    static let maximumDepth = 64

    private struct Level {
        var page: Page
        /// The next element to read.
        var index: Int
        /// Where the data of the elements before it ends, in the page.
        var dataEnd: Int
    }

    private let database: Database
    /// Branches from the root down to the leaf's parent.
    private var branches: [Level] = []
    private var leaf: Level?
    /// Where the next descent starts; nil once it did.
    private var root: Bucket.Root?
    /// Bytes of pages that may still be read.
    private var budget: Int
    private var lastKey: Bytes?

    package init(_ database: Database, in bucket: Bucket) {
        self.database = database
        root = bucket.root
        budget = database.image.count
    }

    /// Goes on with another bucket, and with what is left of the bytes that may be read.
    package mutating func enter(_ bucket: Bucket) {
        branches.removeAll(keepingCapacity: true)
        leaf = nil
        lastKey = nil
        root = bucket.root
    }

    /// Of pages, so far.
    package var bytesRead: Int { database.image.count - budget }

    /// The next entry; nil at the end.
    @inline(__always)
    package mutating func next() throws(Finding) -> Entry? {
        while true {
            if leaf != nil, let entry = try nextInLeaf() { return entry }
            guard try nextLeaf() else { return nil }
        }
    }

    /// Moves before the first entry with a key not less than `key`. Only on a cursor that has read nothing yet, or
    /// right after `enter`.
    package mutating func seek(to key: [UInt8]) throws(Finding) {
        guard let start = root else { return }
        root = nil
        try descend(to: start) { (page) throws(Finding) in try page.childIndex(for: key) }
        guard var level = leaf else { return }
        var low = 0
        var high = level.page.count
        while low < high {
            let middle = (low + high) / 2
            if try level.page.entry(middle).key.order(against: key) < 0 { low = middle + 1 } else { high = middle }
        }
        level.index = low
        if low > 0 { level.dataEnd = try level.page.end(of: level.page.entry(low - 1)) }
        leaf = level
    }

    /// Moves before the last entry; like `seek`, only at the start.
    package mutating func seekToLast() throws(Finding) {
        guard let start = root else { return }
        root = nil
        try descend(to: start) { (page) in page.count - 1 }
        guard var level = leaf, level.page.count > 0 else { return }
        level.index = level.page.count - 1
        if level.index > 0 { level.dataEnd = try level.page.end(of: level.page.entry(level.index - 1)) }
        leaf = level
    }

    private mutating func nextInLeaf() throws(Finding) -> Entry? {
        guard let level = leaf, level.index < level.page.count else { return nil }
        let entry = try level.page.entry(level.index)
        let start = entry.keyOffset &- level.page.offset
        guard start >= level.dataEnd else { throw Page.overlap(of: level.page, at: entry.offset) }
        if let lastKey, entry.key <= lastKey { throw disorder(entry, after: lastKey) }
        leaf?.index = level.index &+ 1
        leaf?.dataEnd = start &+ entry.key.count &+ entry.value.count
        lastKey = entry.key
        return entry
    }

    /// Moves on to the next leaf in order. False at the end.
    private mutating func nextLeaf() throws(Finding) -> Bool {
        if let start = root {
            root = nil
            try descend(to: start)
            return true
        }
        leaf = nil
        while var parent = branches.popLast() {
            guard parent.index < parent.page.count else { continue }
            let child = try parent.page.child(parent.index)
            parent.index += 1
            branches.append(parent)
            try descend(to: .page(child.page))
            return true
        }
        return false
    }

    /// Down to a leaf: the first one, or the way that `choice` points out at each branch.
    private mutating func descend(
        to start: Bucket.Root, by choice: (Page) throws(Finding) -> Int = { _ in 0 }
    ) throws(Finding) {
        var next: UInt64
        switch start {
        case .inline(let page):
            leaf = Level(page: page, index: 0, dataEnd: page.elementsEnd)
            return
        case .page(let id): next = id
        }
        while branches.count < Self.maximumDepth {
            let page = try database.page(next, .branch, .leaf)
            budget -= page.bytes.count
            guard budget >= 0 else {
                throw Finding(
                    page: next, offset: page.offset, expected: "every page to be reached once",
                    found: "more pages than the file has: some are reached again")
            }
            guard page.kind == .branch else {
                leaf = Level(page: page, index: 0, dataEnd: page.elementsEnd)
                return
            }
            guard page.count > 0 else {
                throw Finding(page: next, offset: page.offset + 10, expected: "a branch with children", found: "none")
            }
            let index = try choice(page)
            branches.append(Level(page: page, index: index + 1, dataEnd: 0))
            next = try page.child(index).page
        }
        throw Finding(
            page: next, expected: "a tree of at most \(Self.maximumDepth) levels", found: "more, or a circle of pages")
    }

    @inline(never)
    private func disorder(_ entry: Entry, after last: Bytes) -> Finding {
        Finding(
            page: entry.page, offset: entry.offset, expected: "a key greater than \(printed(last))",
            found: printed(entry.key))
    }
}

extension Page {
    @inline(never)
    static func overlap(of page: Page, at offset: Int) -> Finding {
        Finding(
            page: page.id, offset: offset, expected: "keys and values behind those of the element before",
            found: "shared bytes")
    }

    /// Where an entry's value ends, from the page's beginning.
    func end(of entry: Entry) -> Int { entry.keyOffset - offset + entry.key.count + entry.value.count }

    /// The last child whose keys may be as small as `key`.
    func childIndex(for key: [UInt8]) throws(Finding) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if try child(middle).key.order(against: key) <= 0 { low = middle + 1 } else { high = middle }
        }
        return Swift.max(0, low - 1)
    }
}
