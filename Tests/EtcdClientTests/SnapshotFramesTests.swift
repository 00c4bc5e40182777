import Cryptography
import Testing

@testable import EtcdClient

/// The stream's frames and the judgement on the whole, apart from any server.
struct SnapshotFramesTests {
    private static let endpoint = EtcdEndpoint("http://a")

    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
    }

    private static func message(_ blob: [UInt8], remaining: Int, version: String = "") -> [UInt8] {
        var message: [UInt8] = remaining == 0 ? [] : [0x10] + varint(remaining)
        message += [0x1A] + varint(blob.count) + blob
        if !version.isEmpty { message += [0x22] + varint(version.utf8.count) + Array(version.utf8) }
        return FrameBuffer.frame(message)
    }

    private static let database = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private static func stream(_ database: [UInt8] = database, trailer: [UInt8]? = nil) throws -> [UInt8] {
        let digest = try trailer ?? Digest.sha256(database).bytes
        return stride(from: 0, to: database.count, by: 300).flatMap { start in
            let end = min(start + 300, database.count)
            return message(Array(database[start..<end]), remaining: database.count - end, version: "3.6.0")
        } + message(digest, remaining: 0, version: "3.6.0")
    }

    /// What a reader of `wire`, cut into chunks, gets; the error instead where there is one.
    private static func read(_ wire: [UInt8], chunk: Int, size: Int = database.count) throws -> [UInt8] {
        var assembly = try SnapshotAssembly(
            frames: SnapshotFrames(), databaseBytes: size, ready: [], endpoint: endpoint)
        var file: [UInt8] = []
        for start in stride(from: 0, to: wire.count, by: chunk) {
            var part = Array(wire[start..<min(start + chunk, wire.count)])
            try assembly.take(&part)
            file += part
        }
        #expect(file.count <= size)
        return file + (try assembly.finish())
    }

    @Test func chunksOfAnySizeGiveTheFile() throws {
        let wire = try Self.stream()
        let file = Self.database + (try Digest.sha256(Self.database).bytes)
        for chunk in Array(1...70) + [299, 300, 301, 311, wire.count] {
            #expect(try Self.read(wire, chunk: chunk) == file)
        }
    }

    @Test func aDigestThatIsLeftToTheReaderIsHandedOutAsItIs() throws {
        let wrong = [UInt8](repeating: 7, count: 32)
        let wire = try Self.stream(trailer: wrong)
        var assembly = try SnapshotAssembly(
            frames: SnapshotFrames(), databaseBytes: Self.database.count, ready: [], endpoint: Self.endpoint,
            checksDigest: false)
        var database = wire
        try assembly.take(&database)
        let trailer = try assembly.finish()
        let isDone = assembly.isDone
        #expect(database == Self.database)
        #expect(trailer == wrong)
        #expect(isDone)
        #expect(throws: SnapshotStreamError.self) { try Self.read(wire, chunk: wire.count) }
    }

    @Test func theFirstMessageTellsSizeAndVersion() throws {
        var frames = SnapshotFrames()
        var chunk = Self.message([1, 2, 3], remaining: 500, version: "3.6.0")
        let last = chunk.removeLast()
        try frames.takeBlobs(of: &chunk)
        #expect(frames.progress.firstPromise == nil)
        var rest = [last]
        try frames.takeBlobs(of: &rest)
        #expect(frames.progress.firstPromise == 503)
        #expect(frames.progress.version == Array("3.6.0".utf8))
        #expect(chunk == [1, 2, 3])
        #expect(frames.isAtBoundary)
    }

    @Test func aStreamCutAnywhereIsNoFile() throws {
        let wire = try Self.stream()
        for end in 0..<wire.count {
            #expect(throws: (any Error).self) { try Self.read(Array(wire[..<end]), chunk: 64) }
        }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let wire = try Self.stream()
        let file = Self.database + (try Digest.sha256(Self.database).bytes)
        for bit in 0..<(wire.count * 8) {
            var damaged = wire
            damaged[bit / 8] ^= 1 << (bit % 8)
            // In a field that does not matter the file still is the same.
            if let read = try? Self.read(damaged, chunk: 256) { #expect(read == file) }
        }
    }

    @Test func whatDoesNotFitIsToldApart() throws {
        let none = SnapshotStreamError.noDigest(Self.endpoint)
        #expect(throws: none) { try Self.read(try Self.stream(trailer: [1, 2]), chunk: 100) }
        let long = SnapshotStreamError.tooLong(Self.endpoint, expected: 1000)
        #expect(throws: long) { try Self.read(try Self.stream() + Self.message([1], remaining: 0), chunk: 100) }
        let early = SnapshotStreamError.endedEarly(Self.endpoint, received: 1032, expected: 2000)
        #expect(throws: early) { try Self.read(try Self.stream(), chunk: 100, size: 2000) }
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(throws: SnapshotStreamError.self) { try Self.read(try Self.stream(trailer: zeros), chunk: 100) }
    }

    @Test func hostileMessagesAreErrors() {
        let hostile: [[UInt8]] = [
            [0x1A, 0x05, 1], [0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x1B], [0x1E, 0],
            [0x10], [0x80], [0x09, 1, 2], [0x0D, 1],
        ]
        for message in hostile {
            var frames = SnapshotFrames()
            var wire = FrameBuffer.frame(message) + FrameBuffer.frame([])
            #expect(throws: FrameError.self) { try frames.takeBlobs(of: &wire) }
        }
        var frames = SnapshotFrames()
        var large: [UInt8] = [0, 0xFF, 0, 0, 0]
        #expect(throws: FrameError.tooLarge(0xFF00_0000)) { try frames.takeBlobs(of: &large) }
    }
}
