import EtcdClient
import SnapshotFile
import Synchronization

/// A snapshot's stream whose revision is found while it passes through.
final class ScannedSnapshot: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    private let stream: SnapshotStream
    private let scan = Mutex(RevisionScan())

    init(_ stream: SnapshotStream) {
        self.stream = stream
    }

    /// Of the newest change in what has passed; nil where it was not found. Asked at the end.
    var revision: Int64? { scan.withLock { $0.revision } }

    struct Iterator: AsyncIteratorProtocol {
        let snapshot: ScannedSnapshot

        mutating func next() async throws -> [UInt8]? {
            guard let chunk = try await snapshot.stream.next() else { return nil }
            snapshot.scan.withLock { scan in chunk.withUnsafeBytes { scan.take($0) } }
            return chunk
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(snapshot: self) }
}
