import Glibc

/// A thread of its own, for work that blocks: the shared pools have no more threads than the machine has cores.
struct WorkerThread: Sendable {
    private let thread: pthread_t

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts the work. Either `join` or `detach` follows.
    init(_ body: @escaping @Sendable () -> Void) throws(RestoreError) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw .failed("a thread", doing: "start", errno: code)
        }
        self.thread = thread
    }

    /// Waits until the work is done.
    func join() { pthread_join(thread, nil) }

    /// Leaves the work to itself.
    func detach() { pthread_detach(thread) }
}
