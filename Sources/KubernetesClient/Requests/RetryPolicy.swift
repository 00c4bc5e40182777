import HTTP

/// Whether and when to try a call again. No clock: every input is an argument.
enum RetryPolicy {
    enum Outcome: Equatable {
        case answered(code: Int, retryAfter: Duration?)
        case failed(HTTPError)
    }

    static let attempts = 8

    /// The pause before the next try, nil for none. `attempt` counts from 1; `jitter` is 0 to 1; a pause that does not end
    /// before `remaining` is up is not begun.
    static func pause(
        after outcome: Outcome, attempt: Int, isRepeatable: Bool, remaining: Duration, jitter: Double
    ) -> Duration? {
        guard attempt < attempts else { return nil }
        let pause: Duration
        switch outcome {
        case .answered(429, let asked?), .answered(503, let asked?):
            // The server did nothing and says so: writes too may come again.
            pause = max(asked, .milliseconds(50)) + .milliseconds(100) * jitter
        case .answered(429, nil), .answered(502...504, nil):
            guard isRepeatable else { return nil }
            pause = Backoff.request.pause(attempt: attempt, jitter: jitter)
        case .failed(.connectionLost):
            guard isRepeatable else { return nil }
            pause = Backoff.request.pause(attempt: attempt, jitter: jitter)
        default:
            return nil
        }
        return pause < remaining ? pause : nil
    }
}

/// Pauses that double up to a limit, each shortened by up to half at random so that clients do not come in step.
struct Backoff: Sendable {
    var initial: Duration
    var limit: Duration

    static let request = Backoff(initial: .milliseconds(100), limit: .seconds(5))
    static let watch = Backoff(initial: .milliseconds(500), limit: .seconds(30))

    /// `attempt` counts from 1; `jitter` is 0 to 1.
    func pause(attempt: Int, jitter: Double) -> Duration {
        let full = min(initial * (1 << min(attempt - 1, 20)), limit)
        return full * (1 - jitter / 2)
    }
}
