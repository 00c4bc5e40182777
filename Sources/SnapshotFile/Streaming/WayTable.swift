/// For each page the way to its greatest key: a branch's last child, or the main revision of a leaf's last key. Pages that are
/// not in use are noted like the others, since nothing tells them apart; no way leads to them.
///
/// 8 bytes a page, 2 MiB for each GiB, and never more than 64 MiB: enough for 32 GiB in pages of 4 KiB.
struct WayTable: Sendable {
    private static let longest = 8 << 20
    /// Pages of a sound database await a handful of places at most.
    private static let mostAwaited = 4096
    private static let revisionMark: UInt64 = 1 << 63

    /// 0: none. With the highest bit a revision, else a page's number.
    private var ways: [UInt64] = []
    private var awaited: [Place] = []

    /// Something that tells page `page`'s way, at `offset` in the file.
    private struct Place {
        enum Kind { case branchElement, leafElement, key }

        var kind: Kind
        var offset: Int
        var page: Int
        var end: Int { offset + (kind == .key ? 8 : Page.elementSize) }
    }

    /// `window` is the page before and page `page`, which is the next in order. False when it is more than can be noted.
    mutating func note(page: Int, in window: Bytes, _ pageSize: Int) -> Bool {
        guard ways.count < Self.longest else { return false }
        ways.append(0)
        let end = (page + 1) * pageSize
        var places = awaited.filter { $0.end <= end }
        awaited.removeAll { $0.end <= end }
        if let place = Self.lastElement(ofPage: page, in: window, pageSize) { places.append(place) }
        while let place = places.popLast() {
            guard place.end <= end else {
                guard awaited.count < Self.mostAwaited else { return false }
                awaited.append(place)
                continue
            }
            // At most an element's length before the page's beginning: in the window.
            guard let found = window.slice(from: place.offset - (page - 1) * pageSize) else { continue }
            if let next = take(found, as: place) { places.append(next) }
        }
        return true
    }

    private static func lastElement(ofPage page: Int, in window: Bytes, _ pageSize: Int) -> Place? {
        guard page >= 2, let header = Page.Header(window, at: pageSize), header.id == UInt64(page), header.count > 0
        else { return nil }
        let offset = page * pageSize + Page.headerSize + (Int(header.count) - 1) * Page.elementSize
        switch Page.Kind(rawValue: header.flags) {
        case .branch: return Place(kind: .branchElement, offset: offset, page: page)
        case .leaf: return Place(kind: .leafElement, offset: offset, page: page)
        default: return nil
        }
    }

    /// What is to be read next, if anything.
    private mutating func take(_ found: Bytes, as place: Place) -> Place? {
        switch place.kind {
        case .branchElement:
            if let child = found.littleEndian(at: 8, as: UInt64.self), child < Self.revisionMark {
                ways[place.page] = child
            }
        case .leafElement:
            // The length of a revision's key, or of a tombstone's.
            guard let position = found.littleEndian(at: 4, as: UInt32.self),
                let keySize = found.littleEndian(at: 8, as: UInt32.self), keySize == 17 || keySize == 18
            else { return nil }
            return Place(kind: .key, offset: place.offset + Int(position), page: place.page)
        case .key:
            if let revision = found.bigEndian(at: 0, as: UInt64.self), revision < Self.revisionMark {
                ways[place.page] = revision | Self.revisionMark
            }
        }
        return nil
    }

    /// The revision that the way from page `number` leads to; nil where it ends elsewhere or in a circle.
    func revision(from number: UInt64, highWater: UInt64) -> Int64? {
        var number = number
        // No tree is nearly as deep.
        for _ in 0..<64 {
            guard number < UInt64(ways.count), number < highWater else { return nil }
            let way = ways[Int(number)]
            guard way != 0 else { return nil }
            guard way & Self.revisionMark == 0 else { return Int64(way & ~Self.revisionMark) }
            number = way
        }
        return nil
    }
}
