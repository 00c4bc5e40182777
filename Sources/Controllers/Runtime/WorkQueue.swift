import Synchronization

/// A queue of keys and the work on them, a few at a time. See `QueueState`.
final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    typealias Outcome = QueueState<Key>.Outcome

    private let state: Mutex<QueueState<Key>>
    /// Told that there is something new to look at; more than one such word says nothing more.
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let start = ContinuousClock.now

    init(backoff: Backoff = Backoff(initial: .seconds(1), limit: .seconds(300))) {
        var empty = QueueState<Key>()
        empty.backoff = backoff
        state = Mutex(empty)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private var now: Duration { ContinuousClock.now - start }

    func add(_ key: Key) {
        state.withLock { $0.add(key) }
        signal.yield()
    }

    func add(_ key: Key, after pause: Duration) {
        state.withLock { $0.add(key, at: now + pause) }
        signal.yield()
    }

    /// Ends `run` once the work that has begun is done.
    func close() { signal.finish() }

    /// Works on keys, at most `limit` at a time, until the queue is closed or the task cancelled; returns when all work that
    /// was begun has ended. Once only.
    func run(limit: Int, _ work: @escaping @Sendable (Key) async -> Outcome) async {
        await withDiscardingTaskGroup { workers in
            await withDiscardingTaskGroup { timers in
                var armed: Duration?
                signal.yield()
                for await _ in signals {
                    while let key = state.withLock({ $0.take(at: now, limit: limit) }) {
                        workers.addTask {
                            let outcome = await work(key)
                            self.state.withLock {
                                $0.finish(key, outcome, at: self.now, jitter: .random(in: 0...1))
                            }
                            self.signal.yield()
                        }
                    }
                    // One that fires for nothing does no harm; one that is armed for later than needed would.
                    guard let due = state.withLock({ $0.nextDue }), armed.map({ due < $0 || $0 <= now }) ?? true else {
                        continue
                    }
                    armed = due
                    timers.addTask {
                        try? await Task.sleep(until: self.start + due)
                        self.signal.yield()
                    }
                }
                timers.cancelAll()
            }
        }
    }

    /// How many wait now.
    var depth: Int { state.withLock { $0.depth } }
}
