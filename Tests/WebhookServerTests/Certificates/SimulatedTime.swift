import Cryptography
import FoundationEssentials
import Synchronization

@testable import WebhookServer

/// Time that passes only while everybody sleeps: then it jumps to the next who wants to wake, one at a time. A run is as
/// reproducible as the order in which its tasks first fall asleep.
final class SimulatedTime: Sendable {
    fileprivate struct State {
        var uptime: Duration = .zero
        var awake: Int
        var sleepers: [(wake: Duration, order: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var count = 0
        var driver: CheckedContinuation<Void, Never>?
        var isOver = false
    }

    private let state: Mutex<State>

    /// - Parameter tasks: how many tasks share this time.
    init(tasks: Int) {
        state = Mutex(State(awake: tasks))
    }

    var uptime: Duration { state.withLock { $0.uptime } }
    var now: Date { epoch + uptime }

    /// - Parameter skew: how far ahead of the truth the wall clock is.
    func clocks(skew: @escaping @Sendable () -> Duration = { .zero }) -> Clocks {
        Clocks(now: { self.now + skew() }, uptime: { self.uptime }, sleep: { try await self.sleep($0) })
    }

    func sleep(_ duration: Duration) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let driver = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard !state.isOver else {
                    continuation.resume(throwing: CancellationError())
                    return nil
                }
                state.count += 1
                state.sleepers.append((state.uptime + duration, state.count, continuation))
                return state.fallAsleep()
            }
            driver?.resume()
        }
    }

    /// A task that ends for good says so.
    func leave() {
        state.withLock { $0.fallAsleep() }?.resume()
    }

    /// Lets `duration` pass, then ends every sleep, begun or to come, with a cancellation.
    func run(for duration: Duration) async {
        while true {
            await withCheckedContinuation { continuation in
                let isQuiet = state.withLock { state in
                    if state.awake > 0 { state.driver = continuation }
                    return state.awake == 0
                }
                if isQuiet { continuation.resume() }
            }
            let woken = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard
                    let index = state.sleepers.indices.min(by: {
                        (state.sleepers[$0].wake, state.sleepers[$0].order)
                            < (state.sleepers[$1].wake, state.sleepers[$1].order)
                    }), state.sleepers[index].wake <= duration
                else { return nil }
                let sleeper = state.sleepers.remove(at: index)
                state.uptime = max(state.uptime, sleeper.wake)
                state.awake += 1
                return sleeper.continuation
            }
            guard let woken else { break }
            woken.resume()
        }
        let rest = state.withLock { state in
            defer { state.sleepers = [] }
            state.isOver = true
            return state.sleepers
        }
        for sleeper in rest { sleeper.continuation.resume(throwing: CancellationError()) }
    }
}

extension SimulatedTime.State {
    fileprivate mutating func fallAsleep() -> CheckedContinuation<Void, Never>? {
        awake -= 1
        guard awake == 0 else { return nil }
        defer { driver = nil }
        return driver
    }
}
