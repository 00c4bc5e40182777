import Cryptography

@testable import SnapshotFile

/// Writes bbolt databases of any page size, for tests to read and to break.
struct DatabaseWriter {
    typealias Item = (key: [UInt8], value: [UInt8])

    var pageSize = 4096
    /// By name, each in key order.
    var buckets: [String: [Item]] = [:]
    /// Pages that nothing leads to, behind those in use.
    var freePages = 0
    var storesFreelist = false
    var transaction: UInt64 = 9

    private struct Node {
        var key: [UInt8]
        var page: UInt64
    }

    /// Up to the high-water mark, as a member's database.
    func image() -> [UInt8] {
        var pages = [UInt8](repeating: 0, count: 2 * pageSize)
        let root = buckets.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }.map {
            (name, items) -> Item in (Array(name.utf8), header(of: items, &pages))
        }
        let rootPage = append(leaf: root, to: &pages)
        let firstFree = UInt64(pages.count / pageSize)
        pages += [UInt8](repeating: 0, count: freePages * pageSize)
        var freelist = Meta.noFreelist
        if storesFreelist {
            let ids = (0..<UInt64(freePages)).map { firstFree + $0 }
            freelist = append(flags: 0x10, count: ids.count, body: ids.flatMap(littleEndian), to: &pages)
        }
        let highWater = UInt64(pages.count / pageSize)
        for id in 0..<2 {
            let meta = Meta(
                pageSize: pageSize, rootPage: rootPage, freelistPage: freelist, highWater: highWater,
                transaction: transaction - UInt64(id))
            pages.replaceSubrange(id * pageSize..<id * pageSize + 80, with: meta.page(id))
        }
        return pages
    }

    /// With the SHA-256 behind it.
    func snapshot() throws -> [UInt8] {
        let image = image()
        return try image + Digest.sha256(image).bytes
    }

    func database() throws -> Database { try Database(MappedFile(copying: snapshot())) }

    /// The value that stands for a bucket: inline where bbolt has it inline.
    private func header(of items: [Item], _ pages: inout [UInt8]) -> [UInt8] {
        let body = leafBody(items)
        guard 16 + body.count > pageSize / 4 else {
            return littleEndian(UInt64(0)) + littleEndian(UInt64(0))
                + pageHeader(id: 0, flags: 0x02, count: items.count) + body
        }
        var nodes: [Node] = []
        for group in grouped(items, size: { 16 + $0.key.count + $0.value.count }) {
            nodes.append(Node(key: group.first?.key ?? [], page: append(leaf: group, to: &pages)))
        }
        while nodes.count > 1 {
            nodes = grouped(nodes, size: { 16 + $0.key.count }).map { group in
                Node(key: group[0].key, page: append(branch: group, to: &pages))
            }
        }
        return littleEndian(nodes[0].page) + littleEndian(UInt64(0))
    }

    /// At least two to a page, and no more than fit.
    private func grouped<Element>(_ all: [Element], size: (Element) -> Int) -> [[Element]] {
        var groups: [[Element]] = [[]]
        var used = 16
        for element in all {
            if used + size(element) > pageSize, groups[groups.count - 1].count >= 2 {
                groups.append([])
                used = 16
            }
            groups[groups.count - 1].append(element)
            used += size(element)
        }
        return groups
    }

    private func append(leaf items: [Item], to pages: inout [UInt8]) -> UInt64 {
        append(flags: 0x02, count: items.count, body: leafBody(items), to: &pages)
    }

    private func leafBody(_ items: [Item]) -> [UInt8] {
        var elements: [UInt8] = []
        var data: [UInt8] = []
        for (index, item) in items.enumerated() {
            let isBucket = buckets[String(decoding: item.key, as: UTF8.self)] != nil && !item.value.isEmpty
            elements += littleEndian(UInt32(isBucket ? 1 : 0))
            elements += littleEndian(UInt32((items.count - index) * 16 + data.count))
            elements += littleEndian(UInt32(item.key.count)) + littleEndian(UInt32(item.value.count))
            data += item.key + item.value
        }
        return elements + data
    }

    private func append(branch nodes: [Node], to pages: inout [UInt8]) -> UInt64 {
        var elements: [UInt8] = []
        var data: [UInt8] = []
        for (index, node) in nodes.enumerated() {
            elements += littleEndian(UInt32((nodes.count - index) * 16 + data.count))
            elements += littleEndian(UInt32(node.key.count)) + littleEndian(node.page)
            data += node.key
        }
        return append(flags: 0x01, count: nodes.count, body: elements + data, to: &pages)
    }

    private func append(flags: UInt16, count: Int, body: [UInt8], to pages: inout [UInt8]) -> UInt64 {
        let id = UInt64(pages.count / pageSize)
        let overflow = max(0, (16 + body.count + pageSize - 1) / pageSize - 1)
        pages += pageHeader(id: id, flags: flags, count: count, overflow: overflow) + body
        pages += [UInt8](repeating: 0, count: (Int(id) + overflow + 1) * pageSize - pages.count)
        return id
    }
}

extension Meta {
    /// The whole page up to the checksum, 80 bytes.
    func page(_ id: Int) -> [UInt8] {
        let body =
            littleEndian(Self.magic) + littleEndian(Self.version) + littleEndian(UInt32(pageSize))
            + littleEndian(UInt32(0)) + littleEndian(rootPage) + littleEndian(rootSequence)
            + littleEndian(freelistPage) + littleEndian(highWater) + littleEndian(transaction)
        return pageHeader(id: UInt64(id), flags: 0x04, count: 0) + body + littleEndian(Self.checksum(of: body))
    }
}

func pageHeader(id: UInt64, flags: UInt16, count: Int, overflow: Int = 0) -> [UInt8] {
    littleEndian(id) + littleEndian(flags) + littleEndian(UInt16(count)) + littleEndian(UInt32(overflow))
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
