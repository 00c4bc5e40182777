import EtcdRecoverModel
import Synchronization
import Testing

@testable import Controllers

struct RecentAnswersTests {
    private final class Time: Sendable {
        let now = Mutex(Duration.zero)
    }

    @Test func whatWasFoundIsNotAskedForAgainForAWhile() async {
        let time = Time()
        let recent = RecentAnswers<String, Int>(lifetime: .seconds(5)) { time.now.withLock { $0 } }
        #expect(await recent.value(of: "a") { .found(1) } == .found(1))
        time.now.withLock { $0 = .seconds(4) }
        #expect(await recent.value(of: "a") { .found(2) } == .found(1))
        #expect(await recent.value(of: "b") { .found(3) } == .found(3))
        time.now.withLock { $0 = .seconds(5) }
        #expect(await recent.value(of: "a") { .found(2) } == .found(2))
    }

    @Test func whatWasNotFoundIsAskedForEachTime() async {
        let recent = RecentAnswers<String, Int> { .zero }
        #expect(await recent.value(of: "a") { .absent } == .absent)
        #expect(await recent.value(of: "a") { .unavailable("later") } == .unavailable("later"))
        #expect(await recent.value(of: "a") { .found(1) } == .found(1))
    }

    @Test func noMoreThanTheLimitAreKept() async {
        let recent = RecentAnswers<Int, Int>(limit: 2) { .zero }
        for key in 0..<3 { _ = await recent.value(of: key) { .found(key) } }
        #expect(await recent.value(of: 1) { .found(9) } == .found(1))
        #expect(await recent.value(of: 2) { .found(9) } == .found(9))
    }
}
