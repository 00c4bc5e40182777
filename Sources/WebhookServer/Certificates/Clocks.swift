package import FoundationEssentials

/// The times that certificates depend on, so that tests can make years pass.
package struct Clocks: Sendable {
    /// The wall clock, which validity is written in. It may jump either way.
    package let now: @Sendable () -> Date
    /// Time that this process has been running, without any suspension: what a wait is measured with, since a step of
    /// the wall clock must not cut it short.
    package let uptime: @Sendable () -> Duration
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    package static func system() -> Clocks {
        let start = SuspendingClock.now
        return Clocks(
            now: { .now }, uptime: { start.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0, clock: .suspending) })
    }

    /// Sleeps for about `interval`, so that replicas started together do not act together.
    func pause(about interval: Duration) async throws {
        try await sleep(interval * Double.random(in: 0.8...1.2))
    }
}
