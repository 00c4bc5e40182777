import Testing

@testable import KubernetesClient

struct RequestRateTests {
    @Test func aFewGoAtOnceAndTheOthersAtTheRate() {
        var giver = TurnGiver(RequestRate(perSecond: 10, burst: 3))
        let waits = (0..<6).map { _ in giver.wait(at: .seconds(100)) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200), .milliseconds(300)])
    }

    @Test func aPauseSavesUpNoMoreThanABurst() {
        var giver = TurnGiver(RequestRate(perSecond: 10, burst: 2))
        _ = (0..<10).map { _ in giver.wait(at: .zero) }
        let waits = (0..<3).map { _ in giver.wait(at: .seconds(1000)) }
        #expect(waits == [.zero, .zero, .milliseconds(100)])
    }

    @Test func whoKeepsToTheRateNeverWaits() {
        var giver = TurnGiver(RequestRate(perSecond: 5, burst: 1))
        #expect((0..<20).allSatisfy { giver.wait(at: .milliseconds(200) * $0) == .zero })
    }
}
