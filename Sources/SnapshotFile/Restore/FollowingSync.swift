import Dispatch
import Glibc
import Synchronization

/// Sends a file to the disk on another thread while it is being written, so that the sync at its end finds little left.
///
/// Whoever makes one ends it with `finish`.
final class FollowingSync: Sendable {
    private let descriptor: Int32
    private let path: String
    private let written = DispatchSemaphore(value: 0)
    private let isFinished = Atomic(false)
    private let failure = Atomic<Int32>(0)

    private let thread = Mutex<WorkerThread?>(nil)

    init(_ file: borrowing Files.Descriptor) throws(RestoreError) {
        descriptor = file.number
        path = file.path
        let thread = try WorkerThread { self.follow() }
        self.thread.withLock { $0 = thread }
    }

    /// Some more was written.
    func advance() { written.signal() }

    /// Waits until the file is no longer used. Throws what a sync met: the kernel tells each failure once, and a later
    /// sync would find all well.
    func finish() throws(RestoreError) {
        isFinished.store(true, ordering: .relaxed)
        written.signal()
        thread.withLock { $0.take() }?.join()
        let code = failure.load(ordering: .relaxed)
        guard code == 0 else { throw .failed(path, doing: "sync", errno: code) }
    }

    private func follow() {
        while true {
            written.wait()
            // A sync of everything so far is worth several steps.
            while written.wait(timeout: .now()) == .success {}
            if isFinished.load(ordering: .relaxed) { return }
            if fdatasync(descriptor) != 0 { failure.store(errno, ordering: .relaxed) }
        }
    }
}
