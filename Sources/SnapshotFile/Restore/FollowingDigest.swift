import Cryptography
import Dispatch
import Glibc
import Synchronization

/// The SHA-256 of a file that is being written from its beginning, taken on another thread behind the writer.
///
/// Whoever makes one ends it with `finish` or `abandon`.
final class FollowingDigest: Sendable {
    private let map: Bytes
    private let written = DispatchSemaphore(value: 0)
    private let isAbandoned = Atomic(false)
    private let result = Mutex<Result<Digest, CryptographyError>?>(nil)
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameter size: of the whole file, which has that length already.
    init(_ file: borrowing Files.Descriptor, size: Int) throws(RestoreError) {
        guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_SHARED, file.number, 0), start != MAP_FAILED else {
            throw RestoreError.failed(file.path, doing: "map", errno: errno)
        }
        map = Bytes(start: UnsafeRawPointer(start), count: size)
        let thread = try WorkerThread {
            let digest = self.follow()
            self.result.withLock { $0 = digest }
        }
        self.thread.withLock { $0 = thread }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: map.start), map.count) }

    /// Another `ImageCopy.step` bytes, or the rest, have been written.
    func advance() { written.signal() }

    /// The digest of the whole file, once all of it is written.
    func finish() throws(CryptographyError) -> Digest {
        thread.withLock { $0.take() }?.join()
        guard let result = result.withLock({ $0 }) else { throw .failed("a digest", reason: "it was abandoned") }
        return try result.get()
    }

    /// Waits until the file is no longer read.
    func abandon() {
        isAbandoned.store(true, ordering: .relaxed)
        written.signal()
        thread.withLock { $0.take() }?.join()
    }

    private func follow() -> Result<Digest, CryptographyError>? {
        do throws(CryptographyError) {
            var stream = try DigestStream(.sha256)
            for start in stride(from: 0, to: map.count, by: ImageCopy.step) {
                written.wait()
                guard !isAbandoned.load(ordering: .relaxed) else { return nil }
                let count = min(ImageCopy.step, map.count - start)
                stream.update(UnsafeRawBufferPointer(start: map.start + start, count: count).bytes)
            }
            return .success(stream.finalize())
        } catch {
            return .failure(error)
        }
    }
}
