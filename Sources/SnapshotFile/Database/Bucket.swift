/// A bucket: where its tree is.
///
/// The value of its entry is `root page 8, sequence 8`; with root page 0 a whole leaf page follows, the inline bucket.
package struct Bucket: Sendable {
    package enum Root: Sendable {
        case page(UInt64)
        case inline(Page)
    }

    static let headerSize = 16

    package let name: Bytes
    package let root: Root
    package let sequence: UInt64

    /// The bucket whose header is the entry's value.
    package init(_ entry: Entry) throws(Finding) {
        guard entry.isBucket else {
            throw Finding(
                page: entry.page, offset: entry.offset, expected: "a bucket named \(printed(entry.key))",
                found: "a plain value")
        }
        guard let root = entry.value.littleEndian(at: 0, as: UInt64.self),
            let sequence = entry.value.littleEndian(at: 8, as: UInt64.self),
            let rest = entry.value.slice(at: Self.headerSize, count: entry.value.count - Self.headerSize)
        else {
            throw Finding(
                page: entry.page, offset: entry.offset, expected: "a bucket header of 16 bytes",
                found: "\(entry.value.count) bytes")
        }
        name = entry.key
        self.sequence = sequence
        if root != 0 {
            self.root = .page(root)
        } else {
            let offset = entry.keyOffset + entry.key.count + Self.headerSize
            self.root = .inline(try Page(inline: rest, offset: offset, in: entry.page))
        }
    }

    init(name: Bytes, root: Root, sequence: UInt64) {
        self.name = name
        self.root = root
        self.sequence = sequence
    }
}

/// Bytes of a file for a message: text where it is printable, hexadecimal otherwise, not more than 64 bytes of it.
func printed(_ bytes: Bytes) -> String {
    let shown = bytes.buffer.prefix(64)
    let ending = bytes.count > shown.count ? "… (\(bytes.count) bytes)" : ""
    guard shown.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
        return "0x" + shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + ending
    }
    return "\"" + String(decoding: shown, as: UTF8.self) + "\"" + ending
}
