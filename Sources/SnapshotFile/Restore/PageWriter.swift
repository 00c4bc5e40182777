/// Builds new pages behind a database's high-water mark. What is reachable so far is never touched.
struct PageWriter {
    /// A key and value of a bucket.
    struct Item: Hashable, Sendable {
        let key: [UInt8]
        let value: [UInt8]
        /// Whether the value is the header of a bucket.
        var isBucket = false

        init(_ key: [UInt8], _ value: [UInt8], isBucket: Bool = false) {
            self.key = key
            self.value = value
            self.isBucket = isBucket
        }

        init(_ key: String, _ value: [UInt8]) { self.init(Array(key.utf8), value) }
    }

    /// A child of a branch: a key that none of its keys is less than, and its page.
    struct Child: Hashable, Sendable {
        let key: [UInt8]
        let page: UInt64
    }

    /// A page's count has 16 bits, and one value of them is taken.
    static let mostElements = 65_534

    let pageSize: Int
    /// First page of `pages`.
    let start: UInt64
    /// Whole pages.
    private(set) var pages: [UInt8] = []

    init(pageSize: Int, start: UInt64) {
        self.pageSize = pageSize
        self.start = start
    }

    /// The next page to be used: the new high-water mark.
    var highWater: UInt64 { start + UInt64(pages.count / pageSize) }

    /// A leaf with these items, which must be sorted, over as many pages as they need.
    mutating func leaf(_ items: [Item]) -> UInt64 {
        append(.leaf, count: items.count, Self.elements(of: items))
    }

    /// A branch with these children, which must be sorted.
    mutating func branch(_ children: [Child]) -> UInt64 {
        var table: [UInt8] = []
        var data: [UInt8] = []
        for (index, child) in children.enumerated() {
            let position = (children.count - index) * Page.elementSize + data.count
            table.append(littleEndian: UInt32(position))
            table.append(littleEndian: UInt32(child.key.count))
            table.append(littleEndian: child.page)
            data += child.key
        }
        return append(.branch, count: children.count, table + data)
    }

    /// The value of a bucket's entry: a whole page inside it while it is small, as bbolt does, or a page of its own.
    mutating func bucket(_ items: [Item], sequence: UInt64) -> [UInt8] {
        let inline = Page.headerSize + items.reduce(0) { $0 + Page.elementSize + $1.key.count + $1.value.count }
        guard inline <= pageSize / 4 else { return Self.bucketHeader(root: leaf(items), sequence: sequence) }
        return Self.bucketHeader(root: 0, sequence: sequence)
            + Self.header(id: 0, .leaf, count: items.count, overflow: 0) + Self.elements(of: items)
    }

    static func bucketHeader(root: UInt64, sequence: UInt64) -> [UInt8] {
        var header: [UInt8] = []
        header.append(littleEndian: root)
        header.append(littleEndian: sequence)
        return header
    }

    /// Bytes of a leaf or branch page with so many elements and so many bytes of keys and values.
    static func size(count: Int, data: Int) -> Int { Page.headerSize + count * Page.elementSize + data }

    /// The first 80 bytes of a meta page, which is page 0 or 1.
    static func meta(_ meta: Meta, page: UInt64) -> [UInt8] {
        var body: [UInt8] = []
        body.append(littleEndian: Meta.magic)
        body.append(littleEndian: Meta.version)
        body.append(littleEndian: UInt32(meta.pageSize))
        body.append(littleEndian: UInt32(0))
        for field in [meta.rootPage, meta.rootSequence, meta.freelistPage, meta.highWater, meta.transaction] {
            body.append(littleEndian: field)
        }
        body.append(littleEndian: Meta.checksum(of: body))
        return header(id: page, .meta, count: 0, overflow: 0) + body
    }

    private mutating func append(_ kind: Page.Kind, count: Int, _ body: [UInt8]) -> UInt64 {
        let id = highWater
        let size = Page.headerSize + body.count
        let overflow = (size - 1) / pageSize
        pages += Self.header(id: id, kind, count: count, overflow: overflow)
        pages += body
        pages += [UInt8](repeating: 0, count: (overflow + 1) * pageSize - size)
        return id
    }

    private static func header(id: UInt64, _ kind: Page.Kind, count: Int, overflow: Int) -> [UInt8] {
        var header: [UInt8] = []
        header.append(littleEndian: id)
        header.append(littleEndian: kind.rawValue)
        header.append(littleEndian: UInt16(count))
        header.append(littleEndian: UInt32(overflow))
        return header
    }

    private static func elements(of items: [Item]) -> [UInt8] {
        var table: [UInt8] = []
        var data: [UInt8] = []
        for (index, item) in items.enumerated() {
            table.append(littleEndian: UInt32(item.isBucket ? 1 : 0))
            table.append(littleEndian: UInt32((items.count - index) * Page.elementSize + data.count))
            table.append(littleEndian: UInt32(item.key.count))
            table.append(littleEndian: UInt32(item.value.count))
            data += item.key
            data += item.value
        }
        return table + data
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self += $0 }
    }
}
