/// Pauses that double up to a limit, each shortened by up to half at random so that objects do not come back in step.
package struct Backoff: Hashable, Sendable {
    package var initial: Duration
    package var limit: Duration

    package init(initial: Duration, limit: Duration) {
        self.initial = initial
        self.limit = limit
    }

    /// `failure` counts from 1; `jitter` is 0 to 1.
    package func pause(after failure: Int, jitter: Double) -> Duration {
        min(initial * (1 << min(max(failure, 1) - 1, 20)), limit) * (1 - jitter / 2)
    }
}
