import Synchronization

/// A snapshot's stream whose revision is found while it passes through. Read once.
package final class RevisionScanned<Base: AsyncSequence<[UInt8], any Error> & Sendable>: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = any Error

    private let base: Base
    private let scan = Mutex(RevisionScan())

    package init(_ base: Base) { self.base = base }

    /// Of the newest change in what has passed; nil where it was not found. Asked at the end.
    package var revision: Int64? { scan.withLock { $0.revision } }

    package struct Iterator: AsyncIteratorProtocol {
        let stream: RevisionScanned
        var base: Base.AsyncIterator

        package mutating func next() async throws -> [UInt8]? {
            guard let chunk = try await base.next() else { return nil }
            stream.scan.withLock { scan in chunk.withUnsafeBytes { scan.take($0) } }
            return chunk
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(stream: self, base: base.makeAsyncIterator()) }
}
