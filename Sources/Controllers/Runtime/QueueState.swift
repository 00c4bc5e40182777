/// Which keys wait for work, which are worked on, and which come back later. No clock: a time is an argument, counted from
/// any fixed point.
///
/// A key that waits is not queued again; one that is added while it is worked on comes back when that has ended, so that the
/// same key is never worked on twice at a time and no change is missed.
struct QueueState<Key: Hashable & Sendable>: Sendable {
    /// How work on a key ended.
    enum Outcome: Hashable, Sendable {
        /// Nothing more to do until it is added again.
        case done
        /// To be looked at again after this long, whatever happens until then.
        case again(after: Duration)
        /// To be tried again, each time later.
        case failed
    }

    var backoff = Backoff(initial: .seconds(1), limit: .seconds(300))
    private var ready: [Key] = []
    private var isReady: Set<Key> = []
    private var inWork: Set<Key> = []
    private var addedMeanwhile: Set<Key> = []
    private var later: [Key: Duration] = [:]
    private var failures: [Key: Int] = [:]

    /// To be worked on as soon as somebody has time.
    mutating func add(_ key: Key) {
        later[key] = nil
        if inWork.contains(key) {
            addedMeanwhile.insert(key)
        } else if isReady.insert(key).inserted {
            ready.append(key)
        }
    }

    /// To be worked on from `time` on; the earliest of several counts.
    mutating func add(_ key: Key, at time: Duration) {
        guard !isReady.contains(key), !addedMeanwhile.contains(key) else { return }
        later[key] = min(later[key] ?? time, time)
    }

    /// The key that has waited longest; it is in work until `finish`. Nil too while `limit` others are.
    mutating func take(at now: Duration, limit: Int = .max) -> Key? {
        for (key, _) in later.filter({ $0.value <= now }).sorted(by: { $0.value < $1.value }) { add(key) }
        guard !ready.isEmpty, inWork.count < limit else { return nil }
        let key = ready.removeFirst()
        isReady.remove(key)
        inWork.insert(key)
        return key
    }

    mutating func finish(_ key: Key, _ outcome: Outcome, at now: Duration, jitter: Double) {
        inWork.remove(key)
        let wasAdded = addedMeanwhile.remove(key) != nil
        switch outcome {
        case .done: failures[key] = nil
        case .again(let pause):
            failures[key] = nil
            if !wasAdded { add(key, at: now + pause) }
        case .failed:
            let count = (failures[key] ?? 0) + 1
            failures[key] = count
            // A change that came meanwhile may be a failure's own doing: it waits, too.
            add(key, at: now + backoff.pause(after: count, jitter: jitter))
            return
        }
        if wasAdded { add(key) }
    }

    /// When the next of those comes that have to wait; nil while none does.
    var nextDue: Duration? { later.values.min() }
    /// Waiting now, not later.
    var depth: Int { ready.count }
}
