import Testing

@testable import SnapshotFile

struct WALTests {
    /// Offsets that etcd's own restore leaves for three members.
    @Test func recordsStandWhereEtcdPutsThem() throws {
        let wal = try Self.log().wal
        var offsets: [Int] = []
        var offset = 0
        while offset < wal.count {
            offsets.append(offset)
            let field = wal[offset..<offset + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            #expect(field >> 56 == 0 || field >> 59 == 0x10)
            offset += 8 + Int(field & 0xFF_FFFF) + Int(field >> 56 & 7)
        }
        #expect(offset == wal.count)
        #expect(offsets == [0, 16, 56, 80, 200, 320, 440, 472])
    }

    @Test func whatIsWrittenReadsBack() throws {
        let log = try Self.log()
        let summary = try Self.read(log.wal)
        #expect(summary.member == log.membership.local.id)
        #expect(summary.cluster == log.membership.clusterID)
        #expect(summary.firstEntry == WALSummary.Position(index: 1, term: 1))
        #expect(summary.lastEntry == WALSummary.Position(index: 3, term: 1))
        #expect(summary.lastSnapshot == WALSummary.Position(index: 3, term: 1))
        #expect(summary.hardState == WALSummary.HardState(term: 1, vote: 0x7b96_4be6_af0b_b710, commit: 3))
        #expect(summary.torn == nil)
        #expect(summary.entriesMissing(beyond: 3) == 0)
        #expect(summary.entriesMissing(beyond: 1) == 2)
    }

    @Test func theSnapshotReadsBack() throws {
        let log = try Self.log()
        let snap = try withBytes(log.snap) { try RaftSnapshot($0) }
        #expect(snap.index == 3)
        #expect(snap.term == 1)
        #expect(snap.voters == log.membership.members.map(\.id))
        #expect(log.snapName == "0000000000000001-0000000000000003.snap")
    }

    @Test func aFlippedBitOfTheSnapshotIsNoticed() throws {
        let snap = try Self.log().snap
        for index in 0..<snap.count * 8 {
            var changed = snap
            changed[index / 8] ^= 1 << UInt8(index % 8)
            #expect(throws: Finding.self) { try withBytes(changed) { _ = try RaftSnapshot($0) } }
        }
    }

    @Test func aLogThatEndsInTheMiddleOfARecordIsReadUpToIt() throws {
        let wal = try Self.log().wal
        let whole = try Self.read(wal)
        for size in 1..<wal.count {
            let summary = try Self.read(Array(wal[..<size]))
            let isBetween = [16, 56, 80, 200, 320, 440, 472].contains(size)
            #expect((summary.torn == nil) == isBetween, "\(size)")
            #expect(summary.entries <= whole.entries)
            if !isBetween {
                #expect(throws: Finding.self) { try Self.read(Array(wal[..<size]), isLast: false) }
            }
        }
    }

    @Test func aSectorThatNeverReachedTheDiskEndsTheLog() throws {
        var writer = WALWriter()
        writer.append(.checksum)
        writer.append(
            .metadata,
            WireWriter.message {
                $0.varint(1, 1); $0.varint(2, 2)
            })
        writer.append(
            .snapshot,
            WireWriter.message {
                $0.varint(1, 0); $0.varint(2, 0)
            })
        let end = writer.file.count
        writer.append(
            .entry,
            WireWriter.message {
                $0.varint(1, 0); $0.varint(2, 1); $0.varint(3, 1); $0.bytes(4, [UInt8](repeating: 7, count: 3000))
            })
        var file = writer.file + [UInt8](repeating: 0, count: 4096)
        #expect(try Self.read(file).lastEntry?.index == 1)
        for index in 1024..<1536 { file[index] = 0 }
        let summary = try Self.read(file)
        #expect(summary.torn == WALSummary.Torn(file: "w", offset: end))
        #expect(summary.lastEntry == nil)
        #expect(throws: Finding.self) { try Self.read(file, isLast: false) }
        file[1024] = 1
        #expect(throws: Finding.self) { try Self.read(file) }
    }

    @Test func aSecondFileGoesOnWithTheChecksumOfTheFirst() throws {
        let wal = try Self.log().wal
        var reader = WALReader()
        try withBytes(wal) { try reader.read($0, named: "1", isLast: false) }
        var other = WALWriter()
        other.append(.checksum)
        #expect(throws: Finding.self) { try withBytes(other.file) { try reader.read($0, named: "2", isLast: true) } }
    }

    @Test func anEntryMayReplaceOthersAndMaySkipOnlyWhatASnapshotHolds() throws {
        func file(_ indices: [UInt64], snapshot: UInt64 = 0) -> [UInt8] {
            var writer = WALWriter()
            writer.append(
                .snapshot,
                WireWriter.message {
                    $0.varint(1, snapshot); $0.varint(2, 1)
                })
            for index in indices {
                writer.append(
                    .entry,
                    WireWriter.message {
                        $0.varint(2, 1); $0.varint(3, index)
                    })
            }
            return writer.file
        }
        #expect(try Self.read(file([1, 2, 3, 2])).lastEntry?.index == 2)
        #expect(try Self.read(file([11], snapshot: 10)).lastEntry?.index == 11)
        #expect(throws: Finding.self) { try Self.read(file([1, 3])) }
        #expect(throws: Finding.self) { try Self.read(file([0])) }
    }

    @Test func everyFlippedBitIsNoticedOrDoesNotMatter() throws {
        let wal = try Self.log().wal
        let whole = try Self.read(wal)
        // The type of a record is the one thing in it that no checksum covers.
        let types = [16, 56, 80, 200, 320, 440, 472].map { $0 + 9 }
        for index in 0..<wal.count * 8 where !types.contains(index / 8) {
            var changed = wal
            changed[index / 8] ^= 1 << UInt8(index % 8)
            guard let summary = try? Self.read(changed) else { continue }
            // Otherwise it was in the padding, or made a record so long that the file ends in it.
            #expect(summary == whole || summary.torn != nil, "bit \(index)")
        }
    }

    @Test func anyBytesEndInAFindingOrASummary() throws {
        var random = SystemRandomNumberGenerator()
        let wal = try Self.log().wal
        for _ in 0..<20_000 {
            var changed = wal
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: 0...255, using: &random)
                case 1: changed.removeLast(Int.random(in: 0..<changed.count, using: &random))
                case 2:
                    changed.insert(
                        .random(in: 0...255, using: &random), at: Int.random(in: 0..<changed.count, using: &random))
                default: for index in changed.indices.suffix(8) { changed[index] = 0xFF }
                }
                if changed.isEmpty { changed = [0] }
            }
            _ = try? Self.read(changed)
            _ = try? withBytes(changed) { try RaftSnapshot($0) }
        }
    }

    @Test(arguments: [
        ("0000000000000000-0000000000000000.wal", true), ("000000000000000a-00000000000000ff.wal", true),
        ("0.tmp", false), ("0000000000000000-0000000000000000.wal.broken", false), ("0-0.wal", false),
        ("0000000000000000-000000000000000g.wal", false),
    ])
    func onlyFilesOfALogCount(_ name: String, _ isOne: Bool) {
        #expect((WALRecord.numbers(in: name) != nil) == isOne)
    }

    private static func log() throws -> RestoredLog {
        let cluster = try InitialCluster("a=http://10.9.0.1:2380,b=http://10.9.0.2:2380,c=http://10.9.0.3:2380")
        return RestoredLog(
            membership: try Membership(
                name: "b", initialCluster: cluster, token: "restored", advertised: [PeerURL("http://10.9.0.2:2380")]))
    }

    @discardableResult
    private static func read(_ file: [UInt8], isLast: Bool = true) throws -> WALSummary {
        var reader = WALReader()
        try withBytes(file) { try reader.read($0, named: "w", isLast: isLast) }
        return reader.summary
    }
}
