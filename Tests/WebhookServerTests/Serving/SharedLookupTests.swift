import EtcdRecoverModel
import Synchronization
import Testing

@testable import WebhookServer

struct SharedLookupTests {
    /// Counts the lists that are asked of it, each of which takes a while.
    final class Slow: Sendable {
        private let count = Mutex(0)
        let found: Bool

        init(found: Bool = true) { self.found = found }

        var lists: Int { count.withLock { $0 } }

        func list() async -> LookedUp<Int> {
            let number = count.withLock {
                $0 += 1
                return $0
            }
            try? await Task.sleep(for: .milliseconds(100))
            return found ? .found(number) : .unavailable("away")
        }
    }

    private func ask(_ shared: SharedAnswer<Int>, _ slow: Slow, times: Int) async -> [LookedUp<Int>] {
        await withTaskGroup(of: LookedUp<Int>.self) { group in
            for _ in 0..<times { group.addTask { await shared.value { await slow.list() } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test
    func whoAsksAtOnceIsToldOnce() async {
        let (slow, shared) = (Slow(), SharedAnswer<Int>(keeping: .seconds(600)))
        #expect(await ask(shared, slow, times: 20) == Array(repeating: .found(1), count: 20))
        #expect(await ask(shared, slow, times: 20) == Array(repeating: .found(1), count: 20))
        #expect(slow.lists == 1)
    }

    @Test
    func whatIsTooOldIsAskedForAgain() async {
        let (slow, shared) = (Slow(), SharedAnswer<Int>(keeping: .zero))
        #expect(await ask(shared, slow, times: 1) == [.found(1)])
        #expect(await ask(shared, slow, times: 1) == [.found(2)])
    }

    @Test
    func aFailureIsNotKept() async {
        let (slow, shared) = (Slow(found: false), SharedAnswer<Int>(keeping: .seconds(60)))
        _ = await ask(shared, slow, times: 3)
        _ = await ask(shared, slow, times: 3)
        #expect(slow.lists == 2)
    }

    @Test
    func whoStopsWaitingLeavesTheOthersTheirAnswer() async {
        let (slow, shared) = (Slow(), SharedAnswer<Int>(keeping: .seconds(60)))
        async let patient = ask(shared, slow, times: 1)
        let impatient = Task { await shared.value { await slow.list() } }
        try? await Task.sleep(for: .milliseconds(30))
        impatient.cancel()
        #expect(await impatient.value == .unavailable("the look-up was cancelled"))
        #expect(await patient == [.found(1)])
    }
}
