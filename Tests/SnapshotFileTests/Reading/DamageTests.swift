import Testing

@testable import SnapshotFile

/// One thing wrong at a time, and what is said about it.
struct DamageTests {
    private static let writer: DatabaseWriter = {
        var history = History()
        for index in 0..<300 { history.put("key-\(index % 200)", [UInt8](repeating: 5, count: index % 90)) }
        return history.writer(pageSize: 1024, compacted: 3)
    }()

    /// Of a member's database: no digest that anything would break anyway.
    private func findings(
        _ change: (inout [UInt8]) throws -> Void, of writer: DatabaseWriter = writer
    ) async throws -> [Finding] {
        var image = writer.image()
        try change(&image)
        return try await Verdict(of: image, trailer: .optional).findings
    }

    /// The page that is the root of the bucket `key`, a branch.
    private func keyRoot() throws -> Page {
        let database = try Database(MappedFile(copying: Self.writer.image()))
        guard case .page(let id)? = try database.bucket("key")?.root else {
            throw Finding(expected: "a tree", found: "")
        }
        return try database.page(id, .branch)
    }

    @Test func `what is whole has no findings`() async throws {
        #expect(try await findings { _ in } == [])
    }

    @Test func `an empty file and one of zeros are no databases`() async throws {
        #expect(throws: MappingError.empty("memory")) { try MappedFile(copying: []) }
        for content in [[1], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 100_032)] {
            let verdict = try await Verdict(of: content)
            #expect(!verdict.isSound)
        }
        let verdict = try await Verdict(of: [UInt8](repeating: 0, count: 8192))
        #expect(
            verdict.findings.map(\.description)
                == ["offset 16: expected the mark of a bbolt database, ed0cdaed, found 0"])
    }

    @Test(
        arguments: [
            ([4, 0, 0, 0, 0, 0, 0, 0x84, 8, 4, 16, 0, 0, 0, 0, 0], "a write-ahead log (WAL) of a member"),
            ([0x1F, 0x8B, 8], "a gzip archive: unpack it first"),
            ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive: unpack it first"),
            ([UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8), "a tar archive: unpack it first"),
        ] as [([UInt8], String)])
    func `files that are no snapshots are told for what they are`(_ start: [UInt8], _ kind: String) async throws {
        let verdict = try await Verdict(of: start + [UInt8](repeating: 0, count: 64_000_000 / 64))
        #expect(
            verdict.findings.map(\.description) == ["offset 0: expected a snapshot or database of etcd, found \(kind)"])
    }

    @Test func `a file cut at any page, and inside of any, is not sound`() async throws {
        let snapshot = try Self.writer.snapshot()
        for end in stride(from: 1, to: snapshot.count, by: 341) {
            #expect(!(try await Verdict(of: Array(snapshot[..<end]), trailer: .optional)).isSound, "cut at \(end)")
        }
        for end in stride(from: 1024, to: snapshot.count - 32, by: 1024) {
            #expect(!(try await Verdict(of: Array(snapshot[..<end]), trailer: .optional)).isSound, "cut at \(end)")
        }
    }

    @Test func `a flipped bit anywhere in a snapshot is found`() async throws {
        let snapshot = try Self.writer.snapshot()
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var flipped = snapshot
            let bit = Int.random(in: 0..<snapshot.count * 8, using: &generator)
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!(try await Verdict(of: flipped)).isSound, "bit \(bit)")
        }
    }

    @Test func `a page with the id of another is told with its place`() async throws {
        let page = try keyRoot()
        let found = try await findings { $0[page.offset] ^= 1 }
        #expect(
            found.first
                == Finding(page: page.id, offset: page.offset, expected: "page id \(page.id)", found: "\(page.id ^ 1)"))
    }

    @Test func `a page of no kind is told with its flags`() async throws {
        let page = try keyRoot()
        let found = try await findings { $0[page.offset + 8] = 3 }
        #expect(
            found.first?.description
                == "page \(page.id), offset \(page.offset + 8): expected a branch or leaf page, found flags 0x3")
    }

    @Test func `a count beyond the page is told`() async throws {
        let page = try keyRoot()
        let found = try await findings { $0[page.offset + 11] = 0xFF }
        #expect(found.first?.offset == page.offset + 10)
    }

    @Test func `overflow beyond the file is told`() async throws {
        let page = try keyRoot()
        let found = try await findings {
            $0.replaceSubrange(page.offset + 12..<page.offset + 16, with: [0xFF, 0xFF, 0xFF, 0xFF])
        }
        #expect(found.first?.found == "4294967295 of them")
    }

    @Test func `a tree that leads back to itself ends, and is told`() async throws {
        let page = try keyRoot()
        // The child of the second element.
        let child = page.offset + 16 + 16 + 8
        let found = try await findings { $0.replaceSubrange(child..<child + 8, with: littleEndian(page.id)) }
        #expect(found.contains { $0.page == page.id && $0.found == "one that is reached again" })
    }

    @Test func `pages that all lead to the same pages do not take for ever`() async throws {
        // Sixty levels of branches with sixty children each, all of them the next level: 60^60 ways to the leaf.
        var image = Self.writer.image()
        let first = UInt64(image.count / 1024)
        for level in 0..<60 {
            var page = pageHeader(id: first + UInt64(level), flags: 0x01, count: 60)
            for index in 0..<60 {
                page += littleEndian(UInt32((60 - index) * 16)) + littleEndian(UInt32(0))
                page += littleEndian(first + UInt64(level) + 1)
            }
            image += page + [UInt8](repeating: 0, count: 1024 - page.count)
        }
        image += pageHeader(id: first + 60, flags: 0x02, count: 0) + [UInt8](repeating: 0, count: 1024 - 16)
        let meta = Meta(pageSize: 1024, rootPage: first, highWater: first + 61, transaction: 20)
        image.replaceSubrange(0..<80, with: meta.page(0))
        let verdict = try await Verdict(of: image, trailer: .optional)
        #expect(!verdict.isSound)
    }

    @Test func `elements that share one great value are not read again and again`() async throws {
        var image = Self.writer.image()
        let first = UInt64(image.count / 1024)
        let count = 20_000
        let pages = 2000
        var page = pageHeader(id: first, flags: 0x02, count: count, overflow: pages - 1)
        for index in 0..<count {
            let position = (count - index) * 16
            page += littleEndian(UInt32(1)) + littleEndian(UInt32(position)) + littleEndian(UInt32(4))
            page += littleEndian(UInt32(pages * 1024 - 16 - count * 16 - 4))
        }
        image += page + [UInt8](repeating: 0, count: pages * 1024 - page.count)
        let meta = Meta(pageSize: 1024, rootPage: first, highWater: first + UInt64(pages), transaction: 20)
        image.replaceSubrange(0..<80, with: meta.page(0))
        let verdict = try await Verdict(of: image, trailer: .optional)
        #expect(verdict.findings.contains { $0.found == "shared bytes" })
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 54, 1 << 52, 100_000, 3, 0])
    func `a high-water mark that no file reaches, or none, is told`(_ highWater: UInt64) async throws {
        let found = try await findings { image in
            let old = try Database(MappedFile(copying: image)).meta
            let meta = Meta(
                pageSize: 1024, rootPage: old.rootPage, highWater: highWater, transaction: old.transaction)
            image.replaceSubrange(0..<80, with: meta.page(0))
        }
        #expect(!found.isEmpty)
    }

    @Test func `keys out of order are told, within a page and against the parent`() async throws {
        var expected: Set<Substring> = []
        for index in 100..<130 {
            var writer = Self.writer
            var versions = try #require(writer.buckets["key"])
            versions.swapAt(index, index + 1)
            writer.buckets["key"] = versions
            let found = try await findings({ _ in }, of: writer).filter { $0.expected.hasPrefix("a key ") }
            #expect(!found.isEmpty, "\(index)")
            expected.formUnion(found.map { $0.expected.split(separator: " ", maxSplits: 3)[2] })
        }
        // Than the key before, than the parent's own and than its next one.
        #expect(expected == ["greater", "not", "less"])
    }

    @Test func `a version of another revision than its key's is told`() async throws {
        var writer = Self.writer
        let other = try #require(writer.buckets["key"]?[11].value)
        writer.buckets["key"]?[10].value = other
        let found = try await findings({ _ in }, of: writer)
        #expect(found.first?.expected == "a message of revision 12, not of 13")
    }

    @Test func `every bucket's content is judged`() async throws {
        let wrong: [(bucket: String, key: [UInt8], value: [UInt8], expected: String)] = [
            ("alarm", [0x08], [], "an AlarmMember message"),
            ("auth", Array("authEnabled".utf8), [2], "one byte, 0 or 1"),
            ("auth", Array("authRevision".utf8), [2], "8 bytes as authRevision"),
            ("authUsers", Array("u".utf8), [0x0A, 1, 0x76], "a message named \"u\""),
            ("authRoles", Array("r".utf8), [0x0A, 9], "a message"),
            ("cluster", Array("clusterVersion".utf8), Array("new".utf8), "a release such as 3.5.0"),
            ("key", Array("plain".utf8), [], "a revision of 17 or 18 bytes as key"),
            ("key", RevisionKey(main: 5000).encoded, [0x0A], "a KeyValue message"),
            ("lease", [1], [], "a lease's id of 8 bytes"),
            ("lease", bigEndianBytes(7), [0x08, 0x06], "lease 7 in its message"),
            ("members", Array("0a".utf8), Array("{\"id\":10}".utf8), "a member's id in hexadecimal"),
            ("members", Array("a".utf8), Array("{\"id\":11}".utf8), "the id of member a in its JSON"),
            ("members", Array("a".utf8), Array("{".utf8), "JSON of a member"),
            ("members_removed", Array("x".utf8), Array("removed".utf8), "a member's id in hexadecimal"),
            ("meta", Array("term".utf8), [1, 2], "8 bytes as term"),
            ("meta", Array("storageVersion".utf8), Array("3".utf8), "a release such as 3.5.0"),
            ("meta", Array("zconfState".utf8), [], ""),
        ]
        for (bucket, key, value, expected) in wrong {
            var writer = Self.writer
            writer.buckets[bucket]?.append((key, value))
            let found = try await findings({ _ in }, of: writer)
            #expect(found.map(\.expected) == (expected.isEmpty ? [] : [expected]), "\(bucket)")
        }
    }

    @Test func `missing and unknown buckets are told, those that matter as errors`() async throws {
        var writer = Self.writer
        writer.buckets["lease"] = nil
        writer.buckets["test"] = []
        var found = try await findings({ _ in }, of: writer)
        #expect(found.map(\.severity) == [.warning, .warning])
        #expect(found.map(\.found) == ["\"test\"", "none"])
        writer.buckets["key"] = nil
        found = try await findings({ _ in }, of: writer)
        #expect(found.contains(Finding(page: found.last?.page, expected: "a bucket named \"key\"", found: "none")))
    }

    @Test func `a lease that is not there is told as a warning`() async throws {
        var history = History()
        history.put("bound", [1], lease: 0x7b)
        for index in 0..<100 { history.put("k\(index)", [1]) }
        let found = try await findings({ _ in }, of: history.writer())
        #expect(found.map(\.expected) == ["lease 7b of this key in the lease bucket"])
        #expect(found.map(\.severity) == [.warning])
    }

    @Test func `a stored list of free pages must agree with the tree`() async throws {
        var writer = Self.writer
        writer.storesFreelist = true
        writer.freePages = 5
        #expect(try await findings({ _ in }, of: writer) == [])
        let list = writer.image().count - 1024
        let first = UInt64(list / 1024 - 5)
        let missing = try await findings({ $0[list + 10] = 4 }, of: writer)
        #expect(missing.map(\.found) == ["neither"])
        #expect(missing.map(\.page) == [first + 4])
        let used = try await findings(
            { $0.replaceSubrange(list + 16..<list + 24, with: littleEndian(UInt64(3))) }, of: writer)
        #expect(Set(used.map(\.found)) == ["both", "neither"])
        let wild = try await findings(
            { $0.replaceSubrange(list + 48..<list + 56, with: littleEndian(UInt64.max)) }, of: writer)
        #expect(wild.contains { $0.found == "\(UInt64.max)" })
    }

    @Test func `the list of findings is bounded, their number is not`() async throws {
        var writer = Self.writer
        for index in 0..<300 { writer.buckets["key"]?[index].value = [0x0A] }
        let database = try Database(MappedFile(copying: writer.image()))
        let verification = try await Verification(of: database, limit: 7)
        #expect(verification.findings.list.count == 7)
        #expect(verification.findings.errors == 300)
        #expect(verification.live == nil)
    }

    @Test func `a broken trailer is told with the digest that belongs there`() async throws {
        var snapshot = try Self.writer.snapshot()
        snapshot[snapshot.count - 1] ^= 1
        let verdict = try await Verdict(of: snapshot)
        #expect(verdict.findings.count == 1)
        #expect(verdict.findings.first?.offset == snapshot.count - 32)
        let bare = try await Verdict(of: Self.writer.image())
        #expect(!bare.isSound)
    }
}
