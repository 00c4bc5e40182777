import Synchronization

/// The time for what has to be finished all the same when an upload was cancelled or has failed: tidying up, and the end of
/// an upload that was under way. It begins to run when that happens, and counts for all of it together.
final class Grace: Sendable {
    static let standard = Duration.seconds(15)

    private let limit: Duration
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    init(_ limit: Duration = standard) {
        self.limit = limit
    }

    /// Lets the time run, from the first call on. Returns when it is over.
    @discardableResult
    func begin() -> ContinuousClock.Instant {
        end.withLock { end in
            let instant = end ?? .now + limit
            end = instant
            return instant
        }
    }

    /// Runs `work` to its end, also where the task is cancelled: that lets the time run, and `work` is cancelled when it is
    /// over.
    func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        if end.withLock({ $0 != nil }) { begin.yield() }
        // Both are awaited or cancelled right here.
        let task = Task { try await work() }
        let timer = Task {
            for await _ in begins { break }
            try await Task.sleep(until: self.begin())
            task.cancel()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            self.begin()
            begin.yield()
        }
    }
}
