import Cryptography
import ObjectStore
import SnapshotFile
import Synchronization

/// The bytes of a snapshot that lies in a file, as an upload reads them. Its own SHA-256 is computed on the way.
final class SnapshotUpload: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    private static let chunk = 256 << 10

    let metadata: ObjectMetadata
    let count: Int
    private let file: String
    private let bytes: Bytes
    private let database: Database
    private let checksHash: Bool
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var offset = 0
        var digest: DigestStream?
        var sha256: Digest?
    }

    /// Throws when the file has no SHA-256 and one is wanted.
    init(_ reading: SnapshotReading, checksHash: Bool) throws {
        file = reading.file
        database = reading.keyspace.database
        bytes = database.file.bytes
        count = bytes.count
        self.checksHash = checksHash
        guard !checksHash || database.trailer != nil else {
            throw CommandFailure(
                "\(file) does not end in a SHA-256, so nothing tells whether it is whole",
                hint: "a copy of member/snap/db has none: give --skip-hash-check for it")
        }
        let summary = try ClusterMetadata(database)
        metadata = ObjectMetadata(etcdVersion: summary.storageVersion, revision: reading.keyspace.revision)
        state = Mutex(State(digest: checksHash ? try DigestStream(.sha256) : nil))
    }

    func makeAsyncIterator() -> SnapshotUpload { self }

    func next() async throws -> [UInt8]? {
        try Task.checkCancellation()
        return state.withLock { state in
            guard let part = bytes.slice(at: state.offset, count: Swift.min(Self.chunk, count - state.offset)),
                part.count > 0
            else { return nil }
            let hashed = part.slice(
                at: 0, count: Swift.max(0, Swift.min(part.count, database.content.count - state.offset)))
            if let hashed { state.digest?.update(hashed.buffer.bytes) }
            state.offset += part.count
            return part.array
        }
    }

    /// Throws when what was read is not what the snapshot's own SHA-256 is of. Asked at the end.
    func check() throws(CommandFailure) {
        guard checksHash, let trailer = database.trailer?.array else { return }
        let found = state.withLock { $0.digest.take()?.finalize() }
        guard let found, found.bytes.elementsEqual(trailer) else {
            throw CommandFailure(
                "\(file) is damaged: its SHA-256 does not fit", hint: "use another copy; nothing was uploaded")
        }
    }
}
