/// A bbolt database in a mapped file: a snapshot, or a member's `member/snap/db`.
package struct Database: Sendable {
    package let file: MappedFile
    /// The meta in force.
    package let meta: Meta
    /// Both meta pages as they are, or why one cannot be used.
    package let metas: [Result<Meta, Finding>]
    /// The SHA-256 behind the image, which snapshots carry and a member's database does not.
    package let trailer: Bytes?
    /// The file without the trailer. Only the first `imageSize` bytes count; a member's database is longer.
    package let content: Bytes
    /// What can be read of the image: `content` up to the high-water mark.
    package let image: Bytes

    package static let trailerSize = 32

    package var pageSize: Int { meta.pageSize }
    /// Bytes up to the high-water mark, what etcd calls the database's size; Int.max when it overflows. A file that
    /// was cut off has fewer.
    package var imageSize: Int { Self.imageSize(of: meta) }

    package init(path: String, readingLocked: Bool = false) throws {
        try self.init(MappedFile(path: path, readingLocked: readingLocked))
    }

    /// Throws when no meta page is valid or the file has fewer than two pages.
    package init(_ file: MappedFile) throws(Finding) {
        self.file = file
        let size = file.bytes.count
        let hasTrailer = size % 512 == Self.trailerSize && size > Self.trailerSize
        let contentSize = hasTrailer ? size - Self.trailerSize : size
        trailer = hasTrailer ? file.bytes.slice(at: contentSize, count: Self.trailerSize) : nil
        content = file.bytes.slice(at: 0, count: contentSize) ?? .empty
        metas = try Self.metas(in: content)
        guard let chosen = Self.choice(among: metas) else {
            if let foreign = ForeignFile(content) {
                throw Finding(offset: 0, expected: "a snapshot or database of etcd", found: foreign.rawValue)
            }
            // The first meta says best what is wrong.
            if case .failure(let finding) = metas[0] { throw finding }
            throw Finding(page: 0, offset: 0, expected: "a meta page", found: "none")
        }
        meta = chosen
        guard contentSize >= 2 * meta.pageSize else {
            throw Finding(
                offset: contentSize, expected: "at least two pages of \(meta.pageSize) bytes",
                found: "\(contentSize) bytes")
        }
        image = content.slice(at: 0, count: min(contentSize, Self.imageSize(of: meta))) ?? content
    }

    private static func imageSize(of meta: Meta) -> Int {
        let (size, overflow) = meta.highWater.multipliedReportingOverflow(by: UInt64(meta.pageSize))
        return overflow ? .max : Int(clamping: size)
    }

    /// The valid meta of the later transaction.
    private static func choice(among metas: [Result<Meta, Finding>]) -> Meta? {
        metas.compactMap { try? $0.get() }.max { $0.transaction < $1.transaction }
    }

    /// Meta 0 tells the page size; when it is not valid, meta 1 is looked for at every page size there is.
    private static func metas(in content: Bytes) throws(Finding) -> [Result<Meta, Finding>] {
        let first = Result { () throws(Finding) in try Meta(content, at: 0) }
        if case .success(let meta) = first {
            return [first, Result { () throws(Finding) in try Meta(content, at: meta.pageSize) }]
        }
        var pageSize = 1024
        while pageSize <= 16 << 20, pageSize < content.count - 1024 {
            if let second = try? Meta(content, at: pageSize), second.pageSize == pageSize {
                return [first, .success(second)]
            }
            pageSize *= 2
        }
        return [first, first]
    }
}

// MARK: - Pages and entries

extension Database {
    /// The page `id`, of one of `kinds`, with its overflow pages.
    package func page(_ id: UInt64, _ kinds: Page.Kind...) throws(Finding) -> Page {
        let (start, overflow) = id.multipliedReportingOverflow(by: UInt64(pageSize))
        guard !overflow, id < meta.highWater, let offset = Int(exactly: start) else {
            throw Finding(
                page: id, expected: "a page below the high-water mark, \(meta.highWater)", found: "page \(id)")
        }
        guard let header = Page.Header(image, at: offset) else {
            throw Finding(page: id, offset: offset, expected: "a page", found: "the end of the file at \(image.count)")
        }
        guard header.id == id else {
            throw Finding(page: id, offset: offset, expected: "page id \(id)", found: "\(header.id)")
        }
        guard let kind = Page.Kind(rawValue: header.flags), kinds.contains(kind) else {
            throw Finding(
                page: id, offset: offset + 8,
                expected: "a " + kinds.map { "\($0)" }.joined(separator: " or ") + " page",
                found: "flags 0x" + String(header.flags, radix: 16))
        }
        // At most 2^32 pages of 2^24 bytes: no overflow.
        guard let bytes = image.slice(at: offset, count: (Int(header.overflow) + 1) * pageSize) else {
            throw Finding(
                page: id, offset: offset + 12, expected: "overflow pages before the end at \(image.count)",
                found: "\(header.overflow) of them")
        }
        return try Page(header, kind: kind, id: id, offset: offset, isInline: false, bytes: bytes)
    }

    /// The entry whose element is at `offset` from the beginning of the file, as `Entry.offset` told it.
    @inline(__always)
    package func entry(at offset: Int) throws(Finding) -> Entry {
        guard let flags = image.littleEndian(at: offset, as: UInt32.self),
            let position = image.littleEndian(at: offset &+ 4, as: UInt32.self),
            let keySize = image.littleEndian(at: offset &+ 8, as: UInt32.self),
            let valueSize = image.littleEndian(at: offset &+ 12, as: UInt32.self),
            let key = image.slice(at: offset &+ Int(position), count: Int(keySize)),
            let value = image.slice(at: offset &+ Int(position) &+ Int(keySize), count: Int(valueSize))
        else { throw Finding(offset: offset, expected: "an element inside the file", found: "one that leaves it") }
        return Entry(
            page: UInt64(offset / pageSize), offset: offset, keyOffset: offset &+ Int(position), flags: flags, key: key,
            value: value)
    }

    /// The root bucket, whose entries are the buckets.
    package var rootBucket: Bucket {
        Bucket(name: .empty, root: .page(meta.rootPage), sequence: meta.rootSequence)
    }

    /// The bucket of that name; nil when there is none.
    package func bucket(_ name: String) throws(Finding) -> Bucket? {
        guard let entry = try entry(of: Array(name.utf8), in: rootBucket) else { return nil }
        return try Bucket(entry)
    }

    /// Every bucket, in name order.
    package func forEachBucket(_ body: (Bucket) throws -> Void) throws {
        var cursor = Cursor(self, in: rootBucket)
        while let entry = try cursor.next() { try body(Bucket(entry)) }
    }

    /// The entry of a key of a bucket; nil without the key or the bucket.
    package func entry(of key: String, in bucket: String) throws(Finding) -> Entry? {
        guard let bucket = try self.bucket(bucket) else { return nil }
        return try entry(of: Array(key.utf8), in: bucket)
    }

    /// The entry of a key of a bucket; nil without it.
    package func entry(of key: [UInt8], in bucket: Bucket) throws(Finding) -> Entry? {
        var cursor = Cursor(self, in: bucket)
        try cursor.seek(to: key)
        guard let entry = try cursor.next(), entry.key == key else { return nil }
        return entry
    }

    /// The entry with the greatest key; nil when there is none.
    package func lastEntry(of bucket: Bucket) throws(Finding) -> Entry? {
        var cursor = Cursor(self, in: bucket)
        try cursor.seekToLast()
        return try cursor.next()
    }
}
