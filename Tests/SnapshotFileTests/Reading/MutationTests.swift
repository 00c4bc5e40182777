import Testing

@testable import SnapshotFile

/// Ten thousand broken files, the same ones in every run.
@Suite(.timeLimit(.minutes(5)))
struct MutationTests {
    private static let original: [UInt8] = {
        var history = History()
        for index in 0..<60 { history.put("key-\(index % 40)", [UInt8](repeating: 5, count: index * 7 % 300)) }
        history.put("large", [UInt8](repeating: 5, count: 3000))
        history.delete("key-3")
        var writer = history.writer(pageSize: 1024, compacted: 9)
        writer.freePages = 1
        writer.storesFreelist = true
        writer.buckets["members"] = [
            (Array("a".utf8), Array(#"{"id":10,"peerURLs":["http://a:2380"],"name":"a"}"#.utf8))
        ]
        writer.buckets["lease"] = [(bigEndianBytes(7), [0x08, 0x07, 0x10, 0x3C])]
        return writer.image()
    }()

    @Test(arguments: 0..<10)
    func `a thousand mutated files end in findings or in results, never in a trap`(_ part: Int) async throws {
        var sound = 0
        for seed in part * 1000..<(part + 1) * 1000 {
            var mutator = Mutator(seed: UInt64(seed), pageSize: 1024)
            let mutated = mutator.mutate(Self.original)
            let verdict = try await Verdict(of: mutated, trailer: .optional)
            sound += verdict.isSound ? 1 : 0
            // It may be at a loss, and never says another one.
            if let scanned = RevisionScanTests.revision(of: mutated), verdict.isSound {
                #expect(try Keyspace(Database(MappedFile(copying: mutated))).revision == scanned)
            }
        }
        // Not every change can be seen without the digest, a byte of a value for one; most can.
        #expect(sound < 500)
    }
}

/// Breaks files the way a fuzzer does that knows where the fields are.
struct Mutator {
    private var generator: SeededGenerator
    private let pageSize: Int

    init(seed: UInt64, pageSize: Int) {
        generator = SeededGenerator(seed: seed)
        self.pageSize = pageSize
    }

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var content = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where content.count > 2 * pageSize { change(&content) }
        // Half of the time metas stay valid, so that what they say is believed.
        if Bool.random(using: &generator) { seal(&content) }
        return content
    }

    private mutating func change(_ content: inout [UInt8]) {
        let pages = content.count / pageSize
        let page = Int.random(in: 0..<pages, using: &generator) * pageSize
        switch Int.random(in: 0..<12, using: &generator) {
        case 0:
            content[Int.random(in: content.indices, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: content[Int.random(in: content.indices, using: &generator)] = interesting(UInt8.self)
        case 2: put(interesting(UInt64.self), at: Int.random(in: 16...64, using: &generator) / 8 * 8, in: &content)
        case 3: put(interesting(UInt64.self), at: page, in: &content)
        case 4: put(interesting(UInt16.self), at: page + 8 + 2 * Int.random(in: 0...1, using: &generator), in: &content)
        case 5: put(interesting(UInt32.self), at: page + 12, in: &content)
        case 6, 7:
            put(interesting(UInt32.self), at: page + 16 + 4 * Int.random(in: 0..<120, using: &generator), in: &content)
        case 8:
            let other = Int.random(in: 0..<pages, using: &generator) * pageSize
            content.replaceSubrange(page..<page + pageSize, with: content[other..<other + pageSize])
        case 9: content.removeLast(Int.random(in: 1..<content.count - 2 * pageSize, using: &generator))
        case 10:
            put(
                UInt64.random(in: 0..<UInt64(pages), using: &generator),
                at: page + 8 + 16 * Int.random(in: 1..<20, using: &generator), in: &content)
        default:
            let length = Int.random(in: 1...200, using: &generator)
            let start = Int.random(in: 0..<content.count - length, using: &generator)
            content.replaceSubrange(
                start..<start + length, with: [UInt8](repeating: interesting(UInt8.self), count: length))
        }
    }

    private mutating func interesting<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer {
        let values: [Integer] = [0, 1, 2, 16, .max, .max - 15, .max / 2, .max / 2 + 1, .max / 4 + 1]
        if Bool.random(using: &generator) { return Integer.random(in: 0...Swift.min(100, .max), using: &generator) }
        return values[Int.random(in: values.indices, using: &generator)]
    }

    private func put(_ value: some FixedWidthInteger, at offset: Int, in content: inout [UInt8]) {
        let bytes = littleEndian(value)
        guard offset + bytes.count <= content.count else { return }
        content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private func seal(_ content: inout [UInt8]) {
        for offset in [0, pageSize] where content.count >= offset + 80 {
            put(Meta.checksum(of: content[offset + 16..<offset + 72]), at: offset + 72, in: &content)
        }
    }
}
