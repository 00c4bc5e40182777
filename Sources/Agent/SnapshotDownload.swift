import Cryptography
import EtcdRecoverModel
import Glibc
import ObjectStore
import Synchronization

/// The snapshot of an order, on its way to a file of its own.
struct SnapshotDownload: Sendable {
    let store: ObjectStore
    let order: RestoreOrder
    let key: ObjectKey
    /// Replaced where it exists.
    let path: String

    /// What the store says of it; `AgentFailure` where it is another than the one that was ordered.
    func find() async throws -> StoredObject {
        let object = try await store.head(key)
        if let expected = order.sha256, let recorded = object.metadata?.sha256, expected != recorded {
            throw other("its SHA-256 is recorded as \(recorded), expected was \(expected)")
        }
        if let expected = order.revision, let recorded = object.metadata?.revision, expected != recorded {
            throw other("it is of revision \(recorded), expected was \(expected)")
        }
        return object
    }

    /// Writes all of it. The file is not synced, and may have anything in it when this throws.
    func fetch(_ object: StoredObject) async throws {
        let file = try NewSnapshot(path)
        let state = Mutex(Received(digest: try DigestStream(.sha256)))
        try await store.read(object) { chunk in
            let offset = state.withLock { state in
                state.digest?.update(chunk)
                state.count += chunk.count
                return state.count - chunk.count
            }
            try file.write(chunk, at: offset)
        }
        let (count, digest) = state.withLock { ($0.count, $0.digest.take()?.finalize().description ?? "") }
        guard count == object.size else {
            throw StoreError.wrongSize(store.uri(key), expected: object.size, actual: Int64(count))
        }
        if let recorded = object.metadata?.sha256, digest != recorded {
            throw StoreError.damaged(store.uri(key), expected: recorded, actual: digest)
        }
        if let expected = order.sha256, digest != expected {
            throw StoreError.damaged(store.uri(key), expected: expected, actual: digest)
        }
    }

    private func other(_ what: String) -> AgentFailure {
        AgentFailure(
            .snapshotChanged, "\(store.uri(key)) is not the snapshot that was to be restored: \(what); it was replaced")
    }
}

private struct Received: ~Copyable {
    var digest: DigestStream?
    var count = 0
}

/// Closed with the last reference.
private final class NewSnapshot: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(AgentFailure) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("create", path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], at offset: Int) throws(AgentFailure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", path) }
            done += count
        }
    }
}
