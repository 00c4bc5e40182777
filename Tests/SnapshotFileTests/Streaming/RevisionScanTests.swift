import Testing

@testable import SnapshotFile

struct RevisionScanTests {
    /// In chunks of many lengths, as a stream brings them.
    static func revision(of file: [UInt8], chunks: [Int] = [32 << 10]) -> Int64? {
        var scan = RevisionScan()
        var rest = file[...]
        var turn = 0
        while !rest.isEmpty {
            let chunk = rest.prefix(chunks[turn % chunks.count])
            chunk.withUnsafeBytes { scan.take($0) }
            rest = rest.dropFirst(chunk.count)
            turn += 1
        }
        return scan.revision
    }

    @Test(arguments: [512, 4096, 16384], [[1], [7, 4096, 31], [1 << 20]])
    func theRevisionIsTheOneOfTheWholeFile(_ pageSize: Int, _ chunks: [Int]) throws {
        for (count, size) in [(0, 0), (1, 10), (3, 100), (400, 10), (60, 5000), (3, 70_000), (2, 40)] {
            var history = History()
            for number in 0..<count {
                history.put("key-\(number)", [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
            }
            if count == 2 { history.delete("key-1") }
            var writer = history.writer(pageSize: pageSize)
            writer.freePages = count % 7
            let file = try writer.snapshot()
            let expected = try Keyspace(Database(MappedFile(copying: file))).revision
            #expect(Self.revision(of: file, chunks: chunks) == expected, "\(count) values of \(size) bytes")
            #expect(expected == (count == 0 ? 0 : history.revision))
        }
    }

    @Test func whatIsNoDatabaseHasNone() {
        #expect(Self.revision(of: []) == nil)
        #expect(Self.revision(of: [UInt8](repeating: 7, count: 100_000)) == nil)
    }

    @Test func oneThatWasCutOffHasNone() throws {
        var history = History()
        for number in 0..<2000 { history.put("key-\(number)", [1, 2, 3]) }
        let file = try history.writer().snapshot()
        #expect(Self.revision(of: Array(file.prefix(3 * 4096))) == nil)
        #expect(Self.revision(of: file) == 2001)
    }

    /// A page that two branches would lead to for ever.
    @Test func aCircleEnds() throws {
        var ways = WayTable()
        var window = [UInt8](repeating: 0, count: 8192)
        // Page 2: a branch whose only child is page 2.
        for (offset, byte) in [(0, 2), (8, 1), (10, 1), (24, 2)] { window[4096 + offset] = UInt8(byte) }
        let bytes = try MappedFile(copying: window)
        #expect([0, 1, 2].allSatisfy { ways.note(page: $0, in: bytes.bytes, 4096) })
        #expect(ways.revision(from: 2, highWater: 3) == nil)
    }
}
