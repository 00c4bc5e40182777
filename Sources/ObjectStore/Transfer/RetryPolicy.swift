/// How often a request is tried, and how long between. Pauses double up to a limit, each shortened by up to half at random
/// so that clients do not come in step.
package struct RetryPolicy: Hashable, Sendable {
    package var attempts: Int
    package var initial: Duration
    package var limit: Duration

    package init(attempts: Int = 8, initial: Duration = .milliseconds(200), limit: Duration = .seconds(20)) {
        self.attempts = attempts
        self.initial = initial
        self.limit = limit
    }

    /// The pause after the try of this number, counted from 1; `nil`: it was the last. `asked` is what the server wants.
    func pause(after attempt: Int, jitter: Double, asked: Duration? = nil) -> Duration? {
        guard attempt < attempts else { return nil }
        let own = min(initial * (1 << min(attempt - 1, 20)), limit) * (1 - jitter / 2)
        return max(own, min(asked ?? .zero, .seconds(60)))
    }
}
