import EtcdRecoverModel
import Synchronization
import Testing

@testable import Controllers

/// Work that ends when it is told to, and not by the clock.
struct TransfersTests {
    private func name(_ name: String) -> ObjectName { ObjectName(namespace: "n", name: name) }

    /// Told of each change, so that tests wait for states instead of for time.
    private final class Changes: Sendable {
        let stream: AsyncStream<ObjectName>
        let tell: @Sendable (ObjectName) -> Void

        init() {
            let (stream, continuation) = AsyncStream<ObjectName>.makeStream()
            self.stream = stream
            tell = { continuation.yield($0) }
        }

        func wait(until condition: () -> Bool) async {
            var iterator = stream.makeAsyncIterator()
            while !condition() { _ = await iterator.next() }
        }
    }

    @Test func onlySoManyAreUnderWayAndTheOthersComeInTurn() async throws {
        let changes = Changes()
        let transfers = Transfers<String, Int>(places: 2, onChange: changes.tell)
        let atOnce = Mutex((now: 0, most: 0))
        let names = (0..<6).map { name("\($0)") }
        for name in names {
            transfers.begin(name, uid: "u") { report in
                atOnce.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                report("at work")
                await Task.yield()
                atOnce.withLock { $0.now -= 1 }
                return 1
            }
        }
        await changes.wait {
            names.allSatisfy { if case .ended(.success(1)) = transfers[$0]?.state { true } else { false } }
        }
        #expect((1...2).contains(atOnce.withLock { $0.most }))
    }

    @Test func aFailureKeepsTheCountOfAttempts() async throws {
        struct Failure: Error {}
        let changes = Changes()
        let transfers = Transfers<String, Int>(places: 1, onChange: changes.tell)
        for attempt in 1...3 {
            transfers.begin(name("a"), uid: "u") { _ in throw Failure() }
            await changes.wait {
                if case .ended(.failure) = transfers[name("a")]?.state { true } else { false }
            }
            #expect(transfers[name("a")]?.attempts == attempt)
            transfers.pause(name("a"), for: .seconds(1))
        }
        transfers.forget(name("a"))
        #expect(transfers[name("a")] == nil)
    }

    @Test func whatIsForgottenIsCancelledAndGoneOnlyWhenItHasEnded() async throws {
        let changes = Changes()
        let transfers = Transfers<String, Int>(places: 1, onChange: changes.tell)
        let cleaned = Mutex(false)
        transfers.begin(name("a"), uid: "u") { report in
            report("at work")
            do { try await Task.sleep(for: .seconds(3600)) } catch { cleaned.withLock { $0 = true } }
            throw CancellationError()
        }
        // Waits for the place that the first one holds, and never gets it.
        transfers.begin(name("b"), uid: "u") { _ in
            Issue.record("it was cancelled before its turn")
            return 0
        }
        await changes.wait { if case .running = transfers[name("a")]?.state { true } else { false } }
        transfers.forget(name("b"))
        await changes.wait { transfers[name("b")] == nil }
        transfers.forget(name("a"))
        await changes.wait { transfers[name("a")] == nil }
        #expect(cleaned.withLock { $0 })
    }

    @Test func stopWaitsForAll() async throws {
        let transfers = Transfers<String, Int>(places: 3) { _ in }
        let ended = Mutex(0)
        for index in 0..<5 {
            transfers.begin(name("\(index)"), uid: "u") { _ in
                defer { ended.withLock { $0 += 1 } }
                try await Task.sleep(for: .seconds(3600))
                return 0
            }
        }
        await transfers.stop()
        // Those that never had a place have nothing to end.
        #expect(ended.withLock { $0 } <= 3)
        #expect(transfers.count == (0, 0))
    }
}
