package import Cryptography
import Synchronization

/// The database of a stopped member as a snapshot: its pages in use, and then their SHA-256. Read once.
package final class StoppedMemberImage: AsyncSequence, AsyncIteratorProtocol, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = any Error

    private struct State: ~Copyable {
        var position = 0
        var digest: DigestStream?
        var sha256: Digest?
    }

    private static let chunk = 256 << 10
    /// Pages of the file count as this process's memory from when they are read until they are given back.
    private static let held = 8 << 20

    package let member: StoppedMember
    private let state: Mutex<State>

    package init(_ member: StoppedMember) throws {
        self.member = member
        state = Mutex(State(digest: try DigestStream(.sha256)))
    }

    /// In bytes, the digest included.
    package var count: Int { member.image.count + Database.trailerSize }

    /// Of the database; nil until all of it was read.
    package var sha256: Digest? { state.withLock { $0.sha256 } }

    package func makeAsyncIterator() -> StoppedMemberImage { self }

    package func next() async throws -> [UInt8]? {
        try Task.checkCancellation()
        return state.withLock { state in
            let image = member.image
            guard
                let part = image.slice(at: state.position, count: Swift.min(Self.chunk, image.count - state.position)),
                part.count > 0
            else {
                guard let digest = state.digest.take() else { return nil }
                let sha256 = digest.finalize()
                state.sha256 = sha256
                return sha256.bytes
            }
            let chunk = part.array
            state.digest?.update(chunk)
            state.position += chunk.count
            if state.position % Self.held == 0 { member.database.file.releaseMemory() }
            return chunk
        }
    }
}
