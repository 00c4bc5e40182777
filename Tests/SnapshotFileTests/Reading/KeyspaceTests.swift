import Testing

@testable import SnapshotFile

struct KeyspaceTests {
    /// 3000 keys, most of them with a history, some of them gone; many share long prefixes, some are prefixes of others.
    private static let history: History = {
        var history = History()
        var generator = SeededGenerator(seed: 7)
        for index in 0..<9000 {
            let number = Int.random(in: 0..<3000, using: &generator)
            let key =
                switch number % 4 {
                case 0: "/registry/pods/namespace-\(number / 100)/pod-\(number)"
                case 1: String(repeating: "x", count: number % 40)
                case 2: "/registry/pods/namespace-\(number / 100)/pod-\(number)\0\0"
                default: "\(number)"
                }
            if key.isEmpty || Int.random(in: 0..<5, using: &generator) == 0 {
                history.delete("/registry/pods/namespace-\(number / 100)/pod-\(number)")
            } else {
                history.put(key, [UInt8](repeating: UInt8(index % 256), count: number % 50), lease: Int64(number % 3))
            }
        }
        return history
    }()

    @Test(arguments: [2, 3, 16, 100, 1000, 1 << 20])
    func `live keys come in order, each in its newest version, however few are sorted at once`(_ batch: Int) throws {
        // The small ones read the file once for each of their batches.
        let history = batch < 16 ? Self.short : Self.history
        let keyspace = try Keyspace(history.writer(pageSize: 1024).database())
        var keys = try LiveKeys(keyspace, batchSize: batch)
        var found: [(String, Int64)] = []
        while let key = try keys.next() { found.append((key.keyValue.key.text, key.revision.main)) }
        let expected = history.newest.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
        #expect(found.map(\.0) == expected.map(\.key))
        #expect(found.map(\.1) == expected.map(\.value))
    }

    private static let short: History = {
        var history = History()
        for index in 0..<120 {
            history.put("key/\(index % 37)", [1])
            if index % 11 == 0 { history.delete("key/\(index % 20)") }
        }
        return history
    }()

    @Test(arguments: [3, 1000])
    func `a span of keys at an older revision holds what lived then`(_ batch: Int) throws {
        var history = Self.short
        let revision = history.revision
        let then = history.newest
        for index in 0..<30 { history.put("key/\(index)", [2]) }
        for index in 20..<37 { history.delete("key/\(index)") }
        let keyspace = try Keyspace(history.writer().database())
        let spans: [(KeySpan, (String) -> Bool)] = [
            (.all, { _ in true }),
            (KeySpan(prefix: Array("key/1".utf8)), { $0.hasPrefix("key/1") }),
            (KeySpan(only: Array("key/22".utf8)), { $0 == "key/22" }),
            (KeySpan(from: Array("key/3".utf8)), { $0 >= "key/3" }),
        ]
        for (span, isInside) in spans {
            var keys = try LiveKeys(keyspace, at: revision, in: span, batchSize: batch)
            var found: [String: Int64] = [:]
            while let key = try keys.next() { found[key.keyValue.key.text] = key.revision.main }
            #expect(found == then.filter { isInside($0.key) })
        }
    }

    @Test(arguments: [14, 20])
    func `live keys are counted in shares as well as at once`(_ slotBits: Int) throws {
        var history = History()
        for index in 0..<30_000 { history.put("k\(index % 20_000)", index % 7 == 0 ? Array("k8s:enc:x".utf8) : []) }
        for index in 0..<1000 { history.delete("k\(index * 3)") }
        let count = try LiveCount(in: Keyspace(history.writer().database()), mostSlotBits: slotBits)
        #expect(count.keys == 19_000)
        // 14 bits are 16384 slots, of which three quarters are used: the keys take two shares.
        #expect(count.leased == 0)
    }

    @Test func `a hash is the same in small windows and shares`() throws {
        let history = Self.history
        let keyspace = try Keyspace(history.writer(compacted: 5000).database())
        let whole = try HashKV(of: keyspace)
        #expect(whole.compactRevision == 5000)
        for window in [64, 1000] { #expect(try HashKV(of: keyspace, windowSize: window, mostSlotBits: 14) == whole) }
        #expect(throws: RevisionError.compacted(4999, compaction: 5000)) { try HashKV(of: keyspace, at: 4999) }
        #expect(throws: RevisionError.future(history.revision + 1, newest: history.revision)) {
            try HashKV(of: keyspace, at: history.revision + 1)
        }
    }

    @Test func `a span of a prefix ends where the prefix does`() {
        #expect(KeySpan(prefix: [1, 2]) == KeySpan(from: [1, 2], to: [1, 3]))
        #expect(KeySpan(prefix: [1, 0xFF]) == KeySpan(from: [1, 0xFF], to: [2]))
        #expect(KeySpan(prefix: [0xFF]) == KeySpan(from: [0xFF], to: nil))
        #expect(KeySpan(prefix: []) == .all)
    }

    @Test func `an entry without a message, as a raised revision leaves it, counts as an empty key`() throws {
        var writer = Self.short.writer()
        writer.buckets["key"]?.append((RevisionKey(main: 1_000_000).encoded, []))
        let keyspace = try Keyspace(writer.database())
        #expect(keyspace.revision == 1_000_000)
        #expect(try LiveCount(in: keyspace).keys == Self.short.newest.count + 1)
    }
}

struct WireReaderTests {
    @Test(
        arguments: [
            ([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], -1),
            ([0x10, 0x80, 0x00], 0),
            ([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02], nil),
            ([0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], nil),
            ([0x10, 0x80], nil),
            ([0x10], nil),
            // Unknown fields of each type, then field 2.
            ([0x38, 0x05, 0x42, 0x01, 0x00, 0x4D, 1, 2, 3, 4, 0x51, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x07], 7),
            ([0x42, 0x02, 0x00], nil),
            ([0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00], nil),
            ([0x0B], nil),
            ([0x00], nil),
            // Field 2 of another type than etcd's.
            ([0x12, 0x01, 0x41], nil),
        ] as [([UInt8], Int64?)])
    func `messages are read to the letter`(_ message: [UInt8], createRevision: Int64?) throws {
        let file = try MappedFile(copying: message)
        #expect(KeyValue(file.bytes)?.createRevision == createRevision)
    }
}
