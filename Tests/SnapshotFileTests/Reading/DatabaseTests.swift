import Testing

@testable import SnapshotFile

struct DatabaseTests {
    @Test(arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
    func `databases of every page size are read the same`(_ pageSize: Int) async throws {
        var history = History()
        for index in 0..<400 { history.put("key\(index % 150)", [UInt8](repeating: 7, count: index * 13 % 1700)) }
        history.put("large", [UInt8](repeating: 1, count: 200_000))
        history.delete("key3")
        let database = try history.writer(pageSize: pageSize).database()

        let status = try await SnapshotStatus(of: database)
        #expect(status.pageSize == pageSize)
        #expect(status.hash == (try await SnapshotStatus(of: history.writer().database())).hash)
        #expect([status.liveKeys, status.totalKeys] == [150, 403])
        #expect(status.revision == 403)
        let verification = try await Verification(of: database, trailer: .required)
        #expect(verification.findings.list.map(\.description) == [])
    }

    @Test func `a summary counts keys as the release does that wrote the database`() throws {
        var history = History()
        for _ in 0..<3 { for index in 0..<20 { history.put("k\(index)", [1]) } }
        history.delete("k7")
        var writer = history.writer()
        #expect(try SnapshotSummary(of: writer.database()).totalKeys == 62)
        writer.buckets["meta"]?.append((Array("storageVersion".utf8), Array("3.6.0".utf8)))
        #expect(try SnapshotSummary(of: writer.database()).totalKeys == 19)
    }

    @Test func `a key is found by its name, and what is not there is not`() throws {
        var history = History()
        for index in 0..<2000 { history.put("k\(index)", [1, 2, 3]) }
        let database = try history.writer(pageSize: 1024).database()
        let bucket = try #require(try database.bucket("key"))
        for main in stride(from: Int64(2), through: 2001, by: 7) {
            let entry = try #require(try database.entry(of: RevisionKey(main: main).encoded, in: bucket))
            #expect(KeyValue(entry.value)?.key.text == "k\(main - 2)")
            #expect(try database.entry(at: entry.offset).key == entry.key)
        }
        for main in [Int64(0), 1, 2002, .max] {
            #expect(try database.entry(of: RevisionKey(main: main).encoded, in: bucket) == nil)
        }
        #expect(try database.bucket("keys") == nil)
        #expect(try database.lastEntry(of: bucket).map { RevisionKey($0.key) } == RevisionKey(main: 2001))
        let alarms = try #require(try database.bucket("alarm"))
        #expect(try database.lastEntry(of: alarms) == nil)
    }

    @Test func `reading goes on from a key in the middle to the end`() throws {
        var history = History()
        for index in 0..<500 { history.put("k\(index)", [1, 2, 3]) }
        let database = try history.writer(pageSize: 1024).database()
        for start in [Int64(1), 2, 3, 250, 499, 501, 502] {
            var cursor = Cursor(database, in: try #require(try database.bucket("key")))
            try cursor.seek(to: RevisionKey(main: start).encoded)
            var found: [Int64] = []
            while let entry = try cursor.next() { found.append(try RevisionKey(of: entry).main) }
            #expect(found == Array(max(2, start)..<502))
        }
    }

    @Test func `the later valid meta page decides, wherever it is`() throws {
        var writer = History().writer()
        writer.transaction = 9
        var image = writer.image()
        #expect(try Database(MappedFile(copying: image)).meta.transaction == 9)
        image[40] ^= 1
        #expect(try Database(MappedFile(copying: image)).meta.transaction == 8)
        image[4096 + 40] ^= 1
        #expect(throws: Finding.self) { try Database(MappedFile(copying: image)) }
    }

    @Test(arguments: [1024, 2048, 4096, 16384, 65536])
    func `the second meta page is found without the first`(_ pageSize: Int) throws {
        var image = History().writer(pageSize: pageSize).image()
        image.replaceSubrange(0..<pageSize, with: [UInt8](repeating: 0, count: pageSize))
        let database = try Database(MappedFile(copying: image))
        #expect(database.pageSize == pageSize)
    }

    @Test func `a trailer is known by the size of the file`() throws {
        let writer = History().writer()
        #expect(try Database(MappedFile(copying: writer.snapshot())).trailer?.count == 32)
        let raw = try Database(MappedFile(copying: writer.image() + [UInt8](repeating: 0xAB, count: 16384)))
        #expect(raw.trailer == nil)
        #expect(raw.imageSize == writer.image().count)
        #expect(raw.image.count == raw.imageSize)
    }
}
