import Synchronization

/// How many requests a client sends: a few at once, and over time so many a second.
package struct RequestRate: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Int

    package init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Gives out turns at a rate. No clock: the time is an argument, counted from any fixed point.
struct TurnGiver: Sendable {
    let rate: RequestRate
    /// When a client that never exceeded the rate would have its next turn.
    private var nextFair = Duration.zero

    init(_ rate: RequestRate) {
        self.rate = rate
    }

    /// How long whoever asks now has to wait for the turn that is then theirs.
    mutating func wait(at now: Duration) -> Duration {
        let interval = Duration.seconds(1 / rate.perSecond)
        let turn = max(now, nextFair - interval * (rate.burst - 1))
        nextFair = max(nextFair, now) + interval
        return turn - now
    }
}

/// Makes requests wait for their turn.
final class RequestPacer: Sendable {
    private let giver: Mutex<TurnGiver>
    private let start = ContinuousClock.now

    init(_ rate: RequestRate) {
        giver = Mutex(TurnGiver(rate))
    }

    func waitForTurn() async throws {
        let wait = giver.withLock { $0.wait(at: ContinuousClock.now - start) }
        if wait > .zero { try await Task.sleep(for: wait) }
    }
}
