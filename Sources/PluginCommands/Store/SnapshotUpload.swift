import ObjectStore
import SnapshotFile
import Synchronization

/// The bytes of a snapshot that lies in a file, as an upload reads them.
final class SnapshotUpload: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    private static let chunk = 256 << 10
    /// Pages of the file count as this process's memory from when they are read until they are given back.
    private static let held = 2 << 20

    let metadata: ObjectMetadata
    let count: Int
    private let file: String
    private let bytes: Bytes
    private let database: Database
    private let checksHash: Bool
    private let position = Mutex(0)

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
    }

    func makeAsyncIterator() -> SnapshotUpload { self }

    func next() async throws -> [UInt8]? {
        try Task.checkCancellation()
        return position.withLock { position in
            guard let part = bytes.slice(at: position, count: Swift.min(Self.chunk, count - position)), part.count > 0
            else { return nil }
            let chunk = part.array
            position += chunk.count
            if position % Self.held == 0 { database.file.releaseMemory() }
            return chunk
        }
    }

    /// Throws when what was read is not what the snapshot's own SHA-256 is of; where that was not to be checked, says so.
    func check(_ uploaded: UploadedBytes, on console: Console) throws(CommandFailure) {
        guard database.trailer != nil, !uploaded.endsInItsSHA256 else { return }
        guard !checksHash else {
            throw CommandFailure(
                "\(file) is damaged: its SHA-256 does not fit", hint: "use another copy; nothing was uploaded")
        }
        console.warning("\(file) is uploaded as it is: the SHA-256 at its end does not fit".printable())
    }
}
