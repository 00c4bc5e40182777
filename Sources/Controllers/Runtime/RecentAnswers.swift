import EtcdRecoverModel
import Synchronization

/// Answers of a moment ago, so that many objects that name the same thing do not each ask for it.
///
/// Only what was found is kept: what was not there may come at any moment, and the next one asks.
final class RecentAnswers<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Answer: Sendable {
        var value: Value
        var time: Duration
    }

    private let answers = Mutex<[Key: Answer]>([:])
    private let lifetime: Duration
    private let limit: Int
    private let now: @Sendable () -> Duration

    /// `now` counts from any fixed point; at most `limit` answers are kept.
    init(lifetime: Duration = .seconds(5), limit: Int = 256, now: @escaping @Sendable () -> Duration) {
        self.lifetime = lifetime
        self.limit = limit
        self.now = now
    }

    func value(of key: Key, _ ask: () async -> LookedUp<Value>) async -> LookedUp<Value> {
        let start = now()
        if let known = answers.withLock({ $0[key] }), start - known.time < lifetime { return .found(known.value) }
        let answer = await ask()
        answers.withLock { answers in
            guard case .found(let value) = answer else {
                answers[key] = nil
                return
            }
            if answers.count >= limit { answers = answers.filter { start - $0.value.time < lifetime } }
            if answers.count < limit { answers[key] = Answer(value: value, time: start) }
        }
        return answer
    }
}
