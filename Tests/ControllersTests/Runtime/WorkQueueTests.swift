import Synchronization
import Testing

@testable import Controllers

struct WorkQueueTests {
    @Test func everyKeyIsWorkedOnAndNoneTwiceAtATime() async {
        let queue = WorkQueue<Int>()
        let state = Mutex((inWork: Set<Int>(), most: 0, done: [Int: Int]()))
        for key in 0..<100 { queue.add(key % 50) }
        await queue.run(limit: 4) { key in
            let isAlone = state.withLock { state in
                state.most = max(state.most, state.inWork.count + 1)
                return state.inWork.insert(key).inserted
            }
            #expect(isAlone)
            // Added while it is worked on: it comes once more.
            if key < 10, state.withLock({ $0.done[key] == nil }) { queue.add(key) }
            await Task.yield()
            let all = state.withLock { state in
                state.inWork.remove(key)
                state.done[key, default: 0] += 1
                return state.done.values.reduce(0, +)
            }
            if all == 60 { queue.close() }
            return .done
        }
        state.withLock { state in
            #expect(state.done.count == 50)
            #expect(state.done.allSatisfy { $0.value == ($0.key < 10 ? 2 : 1) })
            #expect((1...4).contains(state.most))
        }
    }

    @Test func workThatFailedComesAgainByItself() async {
        let queue = WorkQueue<String>(backoff: Backoff(initial: .milliseconds(1), limit: .milliseconds(4)))
        let tries = Mutex(0)
        queue.add("a")
        await queue.run(limit: 1) { _ in
            let count = tries.withLock { tries in
                tries += 1
                return tries
            }
            if count == 5 { queue.close() }
            return count < 5 ? .failed : .done
        }
        #expect(tries.withLock { $0 } == 5)
    }

    @Test func closingLetsBegunWorkEnd() async {
        let queue = WorkQueue<String>()
        let hasEnded = Mutex(false)
        queue.add("a")
        await queue.run(limit: 2) { _ in
            queue.close()
            for _ in 0..<100 { await Task.yield() }
            hasEnded.withLock { $0 = !Task.isCancelled }
            return .done
        }
        #expect(hasEnded.withLock { $0 })
    }

    @Test func cancellationReachesTheWork() async {
        let queue = WorkQueue<String>()
        let (started, starting) = AsyncStream<Void>.makeStream()
        let wasCancelled = Mutex(false)
        queue.add("a")
        let run = Task {
            await queue.run(limit: 1) { _ in
                starting.yield()
                do { try await Task.sleep(for: .seconds(3600)) } catch { wasCancelled.withLock { $0 = true } }
                return .done
            }
        }
        for await _ in started { break }
        run.cancel()
        await run.value
        #expect(wasCancelled.withLock { $0 })
    }
}
