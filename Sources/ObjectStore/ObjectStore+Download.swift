package import Cryptography
import Synchronization

extension ObjectStore {
    /// Hands over all bytes of an object in order, as `read` does, and throws at the end where they are not those that were
    /// written: `StoreError.wrongSize`, or `.damaged` when their SHA-256 is not the recorded one. What was received counts
    /// only when this returns. Where the object has no recorded digest (not ours), only its size is compared.
    ///
    /// Returns the SHA-256 of the bytes. `object` is what `head` said.
    @discardableResult
    package func readVerified(
        _ object: StoredObject, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Digest {
        let state = Mutex(Received(digest: try DigestStream(.sha256)))
        try await read(object) { chunk in
            try await receive(chunk)
            state.withLock { state in
                state.digest?.update(chunk)
                state.count += Int64(chunk.count)
            }
        }
        let count = state.withLock { $0.count }
        guard count == object.size else {
            throw StoreError.wrongSize(uri(object.key), expected: object.size, actual: count)
        }
        guard let digest = state.withLock({ $0.digest.take()?.finalize() }) else {
            throw CryptographyError.failed("finishing a digest", reason: "it is finished already")
        }
        if let expected = object.metadata?.sha256, digest.description != expected {
            throw StoreError.damaged(uri(object.key), expected: expected, actual: digest.description)
        }
        return digest
    }

    /// Downloads an object to a new file, which has its name only when it is complete, has the recorded SHA-256 and is on
    /// the disk. Nothing is left after an error. A file that has the name already is not replaced (`StoreError.exists`).
    /// `progress` is called with the bytes received.
    @discardableResult
    package func download(
        _ key: ObjectKey, to path: String, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> StoredObject {
        let object = try await head(key)
        let file = try NewFile(path, attempt: randomName())
        let received = Mutex<Int64>(0)
        try await readVerified(object) { chunk in
            try file.append(chunk[...])
            progress(
                received.withLock { count in
                    count += Int64(chunk.count)
                    return count
                })
        }
        try file.keep()
        return object
    }
}

private struct Received: ~Copyable {
    var digest: DigestStream?
    var count: Int64 = 0
}
