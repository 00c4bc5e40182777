import Cryptography
import Synchronization

extension ObjectStore {
    /// Downloads an object to a new file, which has its name only when it is complete, has the recorded SHA-256 and is on
    /// the disk. Throws `StoreError.damaged` when the digest is another; nothing is left then. A file that has the name
    /// already is not replaced. `progress` is called with the bytes received.
    ///
    /// An object without a recorded digest (not ours) is checked by its size alone; the result says what was recorded.
    @discardableResult
    package func download(
        _ key: ObjectKey, to path: String, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> StoredObject {
        let object = try await head(key)
        let file = try NewFile(path, attempt: randomName())
        let state = Mutex(Received(digest: try DigestStream(.sha256)))
        try await read(object) { chunk in
            try file.append(chunk[...])
            let count = state.withLock { state in
                state.digest?.update(chunk)
                state.count += Int64(chunk.count)
                return state.count
            }
            progress(count)
        }
        let count = state.withLock { $0.count }
        let digest = state.withLock { $0.digest.take()?.finalize() }
        guard count == object.size else {
            throw StoreError.wrongSize(uri(key), expected: object.size, actual: count)
        }
        if let expected = object.metadata?.sha256, let digest, digest.description != expected {
            throw StoreError.damaged(uri(key), expected: expected, actual: digest.description)
        }
        try file.keep()
        return object
    }
}

private struct Received: ~Copyable {
    var digest: DigestStream?
    var count: Int64 = 0
}
