/// A page and its overflow pages, or the page inside an inline bucket's value. Little-endian:
///
///     id        8   its number: offset in the file / page size; 0 in an inline bucket
///     flags     2
///     count     2   elements
///     overflow  4   pages that follow and belong to it, without headers of their own
package struct Page: Sendable {
    package enum Kind: UInt16, Sendable {
        case branch = 0x01
        case leaf = 0x02
        case meta = 0x04
        case freelist = 0x10
    }

    package static let headerSize = 16
    package static let elementSize = 16

    /// The page it is, or, for an inline bucket's, the page it is in.
    package let id: UInt64
    /// Of the header, from the beginning of the file.
    package let offset: Int
    package let kind: Kind
    package let count: Int
    package let overflow: Int
    package let isInline: Bool
    /// Header, elements, keys and values.
    package let bytes: Bytes

    /// The header's fields alone, unjudged.
    struct Header {
        let id: UInt64
        let flags: UInt16
        let count: UInt16
        let overflow: UInt32

        @inline(__always)
        init?(_ bytes: Bytes, at offset: Int) {
            guard let id = bytes.littleEndian(at: offset, as: UInt64.self),
                let flags = bytes.littleEndian(at: offset &+ 8, as: UInt16.self),
                let count = bytes.littleEndian(at: offset &+ 10, as: UInt16.self),
                let overflow = bytes.littleEndian(at: offset &+ 12, as: UInt32.self)
            else { return nil }
            self.id = id
            self.flags = flags
            self.count = count
            self.overflow = overflow
        }
    }

    /// The page of an inline bucket: all of `value` behind the bucket's header.
    init(inline bytes: Bytes, offset: Int, in page: UInt64) throws(Finding) {
        guard let header = Header(bytes, at: 0) else {
            throw Finding(
                page: page, offset: offset, expected: "an inline bucket's page", found: "\(bytes.count) bytes")
        }
        guard header.flags == Kind.leaf.rawValue, header.overflow == 0 else {
            throw Finding(
                page: page, offset: offset, expected: "a single leaf page in an inline bucket",
                found: "flags \(header.flags), overflow \(header.overflow)")
        }
        try self.init(header, kind: .leaf, id: page, offset: offset, isInline: true, bytes: bytes)
    }

    init(
        _ header: Header, kind: Kind, id: UInt64, offset: Int, isInline: Bool, bytes: Bytes
    ) throws(Finding) {
        self.id = id
        self.offset = offset
        self.kind = kind
        self.isInline = isInline
        self.bytes = bytes
        count = Int(header.count)
        overflow = Int(header.overflow)
        let hasElements = kind == .branch || kind == .leaf
        guard !hasElements || Self.headerSize + count * Self.elementSize <= bytes.count else {
            throw Finding(
                page: id, offset: offset + 10, expected: "as many elements as fit in \(bytes.count) bytes",
                found: "a count of \(count)")
        }
    }

    /// Element `index` of a leaf. Its key and value lie within the page.
    @inline(__always)
    package func entry(_ index: Int) throws(Finding) -> Entry {
        let place = Self.headerSize &+ index &* Self.elementSize
        guard index >= 0, index < count, let flags = bytes.littleEndian(at: place, as: UInt32.self),
            let position = bytes.littleEndian(at: place &+ 4, as: UInt32.self),
            let keySize = bytes.littleEndian(at: place &+ 8, as: UInt32.self),
            let valueSize = bytes.littleEndian(at: place &+ 12, as: UInt32.self),
            let key = bytes.slice(at: place &+ Int(position), count: Int(keySize)),
            let value = bytes.slice(at: place &+ Int(position) &+ Int(keySize), count: Int(valueSize))
        else { throw outside(index) }
        return Entry(
            page: id, offset: offset &+ place, keyOffset: offset &+ place &+ Int(position), flags: flags, key: key,
            value: value)
    }

    /// Element `index` of a branch: the lower bound of the child's keys, and its page.
    @inline(__always)
    package func child(_ index: Int) throws(Finding) -> (key: Bytes, page: UInt64) {
        let place = Self.headerSize &+ index &* Self.elementSize
        guard index >= 0, index < count, let position = bytes.littleEndian(at: place, as: UInt32.self),
            let keySize = bytes.littleEndian(at: place &+ 4, as: UInt32.self),
            let page = bytes.littleEndian(at: place &+ 8, as: UInt64.self),
            let key = bytes.slice(at: place &+ Int(position), count: Int(keySize))
        else { throw outside(index) }
        return (key, page)
    }

    /// Where the elements' own array ends; keys and values lie behind it.
    var elementsEnd: Int { Self.headerSize + count * Self.elementSize }

    @inline(never)
    private func outside(_ index: Int) -> Finding {
        Finding(
            page: id, offset: offset + Self.headerSize + index * Self.elementSize,
            expected: "element \(index) of \(count) with key and value inside the \(bytes.count) bytes of its page",
            found: "a place outside")
    }
}

/// A key and its value in a bucket.
package struct Entry: Sendable {
    package let page: UInt64
    /// Of the element (not the key), from the beginning of the file; `Database.entry(at:)` finds it again.
    package let offset: Int
    /// Of the key's first byte, from the beginning of the file; the value follows the key.
    package let keyOffset: Int
    package let flags: UInt32
    package let key: Bytes
    package let value: Bytes

    /// Whether the value is the header of a bucket.
    package var isBucket: Bool { flags & 1 != 0 }
}
