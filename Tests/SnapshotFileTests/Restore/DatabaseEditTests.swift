import Testing

@testable import SnapshotFile

/// Edits of databases of every shape leave databases in which everything can be reached once and in order.
struct DatabaseEditTests {
    /// From a bucket inside the root page to trees of several levels, and on from there until each level has split.
    @Test(arguments: [(0, Int64(1)), (1, 1000), (5, 1), (14, 1), (200, 1000), (230, 1), (3000, 1)])
    func aRevisionIsAddedBehindAllOthers(_ count: Int, _ step: Int64) throws {
        var writer = DatabaseWriter()
        writer.pageSize = 512
        writer.buckets = Self.smallBuckets
        writer.buckets["key"] = (0..<count).map { (RevisionKey(main: Int64($0) + 2).encoded, Self.value($0)) }
        let before = writer.image()
        var image = before
        var expected = writer.buckets["key", default: []].map(\.key)
        for _ in 0..<60 {
            let database = try Database(MappedFile(copying: image))
            var edit = DatabaseEdit()
            let revision = RevisionKey(main: try Keyspace(database).revision + step)
            edit.revision = revision
            image = try Self.apply(edit, to: database, image)
            expected.append(revision.encoded)
        }
        // Nothing that was in use has changed, but for the meta pages.
        #expect(Array(image[1024..<before.count]) == Array(before[1024...]))
        let database = try Database(MappedFile(copying: image))
        #expect(try Self.keys(of: "key", in: database) == expected)
        #expect(database.meta.transaction == 69)
        try Self.expectSound(database)
    }

    @Test(arguments: [512, 1024, 4096, 16384, 65536])
    func bucketsOfAnySizeAreReplaced(_ pageSize: Int) throws {
        for (count, size) in [(0, 0), (1, 10), (9, 100), (40, 300), (3, 70_000)] {
            var writer = DatabaseWriter()
            writer.pageSize = pageSize
            writer.buckets = Self.smallBuckets
            writer.buckets["key"] = (0..<50).map { (RevisionKey(main: Int64($0) + 2).encoded, Self.value($0)) }
            let image = writer.image()
            let database = try Database(MappedFile(copying: image))
            let items = (0..<count).map {
                PageWriter.Item("k\(1000 + $0)", [UInt8](repeating: UInt8($0), count: size))
            }
            var edit = DatabaseEdit()
            edit.buckets = ["members": items, "new": items, "alarm": []]
            let after = try Database(MappedFile(copying: Self.apply(edit, to: database, image)))
            var names: [String] = []
            try after.forEachBucket { names.append($0.name.text) }
            #expect(names == ["alarm", "key", "lease", "members", "meta", "new"])
            for name in ["members", "new"] {
                let bucket = try #require(try after.bucket(name))
                #expect(try DatabaseEdit.items(of: bucket, in: after) == items)
            }
            #expect(try Self.keys(of: "alarm", in: after) == [])
            #expect(try Self.keys(of: "meta", in: after) == Self.keys(of: "meta", in: database))
            #expect(try Self.keys(of: "key", in: after) == Self.keys(of: "key", in: database))
        }
    }

    @Test func theMetaGoesWhereBboltWouldWriteIt() throws {
        for transaction in [UInt64(9), 10] {
            var writer = DatabaseWriter()
            writer.buckets = Self.smallBuckets
            writer.transaction = transaction
            let database = try Database(MappedFile(copying: writer.image()))
            let outcome = try DatabaseEdit().applied(to: database)
            #expect(outcome.metaPage == (transaction + 1) % 2)
            #expect(outcome.earlierMetaPage == transaction % 2)
            #expect(outcome.meta.transaction == transaction + 1)
            #expect(outcome.meta.freelistPage == Meta.noFreelist)
            #expect(outcome.firstPage == database.meta.highWater)
        }
    }

    private static let smallBuckets: [String: [DatabaseWriter.Item]] = [
        "alarm": [([8, 1, 16, 1], [])], "lease": [],
        "members": [(Array("1".utf8), Array(#"{"id":1,"peerURLs":[]}"#.utf8))],
        "meta": [(Array("consistent_index".utf8), bigEndianBytes(7))],
    ]

    /// Of the revision `number` + 2.
    private static func value(_ number: Int) -> [UInt8] {
        WireWriter.message {
            $0.bytes(1, Array("key\(number)".utf8))
            $0.varint(2, UInt64(number) + 2)
            $0.varint(3, UInt64(number) + 2)
            $0.varint(4, 1)
            $0.bytes(5, [UInt8](repeating: 7, count: number % 60))
        }
    }

    /// The image with an edit made in it.
    private static func apply(_ edit: DatabaseEdit, to database: Database, _ image: [UInt8]) throws -> [UInt8] {
        let outcome = try edit.applied(to: database)
        let pageSize = database.pageSize
        #expect(outcome.pages.count == Int(outcome.meta.highWater - outcome.firstPage) * pageSize)
        var changed = Array(image.prefix(Int(outcome.firstPage) * pageSize)) + outcome.pages
        let meta = Int(outcome.metaPage) * pageSize
        changed.replaceSubrange(meta..<meta + outcome.metaBytes.count, with: outcome.metaBytes)
        // What counts is there before the other meta is touched.
        #expect(try Database(MappedFile(copying: changed)).meta == outcome.meta)
        let earlier = Int(outcome.earlierMetaPage) * pageSize
        changed.replaceSubrange(earlier..<earlier + outcome.earlierMetaBytes.count, with: outcome.earlierMetaBytes)
        return changed
    }

    private static func keys(of name: String, in database: Database) throws -> [[UInt8]] {
        let bucket = try #require(try database.bucket(name))
        return try DatabaseEdit.items(of: bucket, in: database).map(\.key)
    }

    private static func expectSound(_ database: Database) throws {
        var tree = TreeCheck(database, limit: 1000)
        tree.run()
        #expect(tree.findings.list.filter { $0.severity == .error || $0.expected.contains("meta") } == [])
    }
}
