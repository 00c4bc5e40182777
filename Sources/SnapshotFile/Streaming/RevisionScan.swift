/// Finds the revision of a snapshot while its bytes stream by, front to back, without keeping them.
///
/// The pages of a bbolt tree lie in any order, children before or behind their parents. So of every page only the way to its
/// greatest key is kept (`WayTable`). At the end that way is followed from the root, which the meta page names before all
/// else, to the last leaf of the bucket `key`.
package struct RevisionScan: Sendable {
    private static let metaEnd = Meta.bodyOffset + Meta.bodySize
    private static let longestRoot = 4 << 20

    private var meta: Meta?
    /// The page before and the one that is coming in; until the page size is known, the file's beginning.
    private var window: [UInt8] = []
    private var number = 0
    private var ways = WayTable()
    /// The root bucket's page with its overflow pages.
    private var root: [UInt8] = []
    private var rootLength = 0
    private var hasFailed = false

    package init() {}

    package mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty, !hasFailed {
            if let meta { passPages(of: &rest, meta.pageSize) }
            let missing = meta.map { 2 * $0.pageSize - window.count } ?? Self.metaEnd - window.count
            let part = rest.prefix(missing)
            window.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            guard part.count == missing else { return }
            if let meta { endPage(meta.pageSize) } else { begin() }
        }
    }

    /// Of the newest change, 0 when there is none; nil where the way to it was not found. Asked once all bytes are in; what
    /// follows the last whole page (a snapshot's SHA-256) counts for nothing.
    package var revision: Int64? {
        guard !hasFailed, !root.isEmpty, let meta else { return nil }
        return root.withUnsafeBytes { buffer -> Int64? in
            guard let start = buffer.baseAddress else { return nil }
            let bytes = Bytes(start: start, count: buffer.count)
            guard let header = Page.Header(bytes, at: 0), header.flags == Page.Kind.leaf.rawValue,
                let page = try? Page(header, kind: .leaf, id: header.id, offset: 0, isInline: false, bytes: bytes)
            else { return nil }
            for index in 0..<page.count {
                guard let entry = try? page.entry(index), entry.key == Array("key".utf8) else { continue }
                switch try? Bucket(entry).root {
                case .page(let number): return ways.revision(from: number, highWater: meta.highWater)
                case .inline(let page): return Self.revision(of: page)
                case nil: return nil
                }
            }
            return nil
        }
    }

    private static func revision(of page: Page) -> Int64? {
        guard page.count > 0 else { return 0 }
        return (try? page.entry(page.count - 1)).flatMap { RevisionKey($0.key)?.main }
    }

    private mutating func begin() {
        let meta = window.withUnsafeBytes { buffer in
            buffer.baseAddress.flatMap { try? Meta(Bytes(start: $0, count: buffer.count), at: 0) }
        }
        guard let meta else { return hasFailed = true }
        self.meta = meta
        // Nothing comes before the first page.
        window = [UInt8](repeating: 0, count: meta.pageSize) + window
        window.reserveCapacity(2 * meta.pageSize)
    }

    /// Looks at the pages that `rest` has whole where they are, and not in the window: there they would be copied twice.
    private mutating func passPages(of rest: inout Slice<UnsafeRawBufferPointer>, _ pageSize: Int) {
        guard window.count == pageSize, rest.count >= 2 * pageSize else { return }
        let whole = UnsafeRawBufferPointer(rebasing: rest)
        window.append(contentsOf: whole.prefix(pageSize))
        endPage(pageSize)
        var offset = 0
        while whole.count - offset >= 2 * pageSize, !hasFailed, let start = whole.baseAddress {
            look(at: Bytes(start: start + offset, count: 2 * pageSize), pageSize)
            number += 1
            offset += pageSize
        }
        window.removeAll(keepingCapacity: true)
        window.append(contentsOf: whole[offset..<(offset + pageSize)])
        rest = rest.dropFirst(offset + pageSize)
    }

    private mutating func endPage(_ pageSize: Int) {
        var window: [UInt8] = []
        swap(&window, &self.window)
        window.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            look(at: Bytes(start: start, count: buffer.count), pageSize)
        }
        window.removeFirst(pageSize)
        self.window = window
        number += 1
    }

    private mutating func look(at window: Bytes, _ pageSize: Int) {
        guard ways.note(page: number, in: window, pageSize) else { return hasFailed = true }
        guard let page = window.slice(at: pageSize, count: pageSize) else { return }
        if number >= 2, UInt64(number) == meta?.rootPage, let header = Page.Header(page, at: 0) {
            rootLength = (Int(header.overflow) + 1) * pageSize
            guard rootLength <= Self.longestRoot else { return hasFailed = true }
        }
        if root.count < rootLength { root.append(contentsOf: page.buffer) }
    }
}
