import Testing

@testable import Controllers

struct QueueStateTests {
    private var queue = QueueState<String>()

    @Test mutating func keysComeInTheirOrderAndOnce() {
        for key in ["a", "b", "a", "c", "b"] { queue.add(key) }
        #expect(queue.depth == 3)
        #expect(taken(at: .zero) == ["a", "b", "c"])
    }

    @Test mutating func aKeyIsNeverInWorkTwiceAndNoChangeIsMissed() {
        queue.add("a")
        #expect(queue.take(at: .zero) == "a")
        queue.add("a")
        #expect(queue.take(at: .zero) == nil)
        queue.finish("a", .done, at: .zero, jitter: 0)
        #expect(queue.take(at: .zero) == "a")
        queue.finish("a", .done, at: .zero, jitter: 0)
        #expect(queue.take(at: .zero) == nil)
    }

    @Test mutating func noMoreThanTheLimitAreInWork() {
        for key in ["a", "b", "c"] { queue.add(key) }
        #expect(queue.take(at: .zero, limit: 2) == "a")
        #expect(queue.take(at: .zero, limit: 2) == "b")
        #expect(queue.take(at: .zero, limit: 2) == nil)
        queue.finish("a", .done, at: .zero, jitter: 0)
        #expect(queue.take(at: .zero, limit: 2) == "c")
    }

    @Test mutating func laterIsNotNow() {
        queue.add("late", at: .seconds(5))
        queue.add("early", at: .seconds(3))
        queue.add("early", at: .seconds(4))
        #expect(queue.nextDue == .seconds(3))
        #expect(queue.take(at: .seconds(2)) == nil)
        #expect(taken(at: .seconds(6)) == ["early", "late"])
        #expect(queue.nextDue == nil)
    }

    @Test mutating func aChangeComesBeforeTheTimeSet() {
        queue.add("a", at: .seconds(5))
        queue.add("a")
        #expect(taken(at: .zero) == ["a"])
        #expect(queue.nextDue == nil)
    }

    @Test mutating func failuresWaitLongerEachTimeAndSuccessForgetsThem() {
        queue.backoff = Backoff(initial: .seconds(1), limit: .seconds(5))
        var now = Duration.zero
        for pause in [1, 2, 4, 5, 5] {
            queue.add("a", at: now)
            #expect(queue.take(at: now) == "a")
            queue.finish("a", .failed, at: now, jitter: 0)
            #expect(queue.nextDue == now + .seconds(pause))
            now += .seconds(pause)
        }
        #expect(queue.take(at: now) == "a")
        queue.finish("a", .done, at: now, jitter: 0)
        queue.add("a")
        _ = queue.take(at: now)
        queue.finish("a", .failed, at: now, jitter: 1)
        #expect(queue.nextDue == now + .milliseconds(500))
    }

    /// A status write comes back as a change: it must not undo the pause of what has failed.
    @Test mutating func aChangeDuringWorkThatFailsWaitsToo() {
        queue.add("a")
        _ = queue.take(at: .zero)
        queue.add("a")
        queue.finish("a", .failed, at: .zero, jitter: 0)
        #expect(queue.take(at: .zero) == nil)
        #expect(queue.nextDue == .seconds(1))
    }

    @Test mutating func againIsLaterUnlessItWasAddedMeanwhile() {
        queue.add("a")
        _ = queue.take(at: .zero)
        queue.finish("a", .again(after: .seconds(9)), at: .zero, jitter: 0)
        #expect(queue.nextDue == .seconds(9))
        #expect(queue.take(at: .seconds(9)) == "a")
        queue.add("a")
        queue.finish("a", .again(after: .seconds(9)), at: .seconds(9), jitter: 0)
        #expect(queue.take(at: .seconds(9)) == "a")
    }

    private mutating func taken(at now: Duration) -> [String] {
        var keys: [String] = []
        while let key = queue.take(at: now) { keys.append(key) }
        return keys
    }
}

struct BackoffTests {
    @Test(arguments: [
        (1, 0.0, 10), (2, 0.0, 20), (3, 0.5, 30), (6, 0.0, 300), (60, 0.0, 300), (60, 1.0, 150), (0, 0.0, 10),
    ])
    func pausesDoubleUpToTheLimit(_ failure: Int, _ jitter: Double, _ seconds: Int) {
        let backoff = Backoff(initial: .seconds(10), limit: .seconds(300))
        #expect(backoff.pause(after: failure, jitter: jitter) == .seconds(seconds))
    }
}
