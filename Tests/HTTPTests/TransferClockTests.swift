import Testing

@testable import HTTP

struct TransferClockTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func connectingHasItsOwnDeadline() {
        var clock = TransferClock(
            Deadlines(connect: .seconds(10), total: .seconds(60), idle: .seconds(5)), start: start)
        #expect(clock.read(at: after(9)) == .inTime(until: after(10)))
        #expect(clock.read(at: after(10)) == .expired(.connect, after: .seconds(10)))
        clock.connected(at: after(10))
        #expect(clock.read(at: after(10)) == .inTime(until: after(15)))
    }

    @Test func everyMovePutsOffTheIdleDeadlineButNotTheTotal() {
        var clock = TransferClock(Deadlines(total: .seconds(12), idle: .seconds(5)), start: start)
        clock.connected(at: start)
        clock.received(1, at: after(4))
        #expect(clock.read(at: after(8)) == .inTime(until: after(9)))
        clock.received(1, at: after(8))
        #expect(clock.read(at: after(12)) == .expired(.total, after: .seconds(12)))
    }

    @Test func waitingForThisSideIsNoSilence() {
        let pace = Deadlines.Pace(bytesPerSecond: 10, over: .seconds(5))
        var clock = TransferClock(Deadlines(total: nil, idle: .seconds(5), stall: pace), start: start)
        clock.connected(at: start)
        clock.hold()
        #expect(clock.read(at: after(100)) == .inTime(until: nil))
        clock.release(at: after(100))
        #expect(clock.read(at: after(104)) == .inTime(until: after(105)))
        #expect(clock.read(at: after(105)) == .expired(.idle, after: .seconds(5)))
    }

    @Test func thePaceIsAveragedOverItsWindow() {
        let pace = Deadlines.Pace(bytesPerSecond: 10, over: .seconds(5))
        var clock = TransferClock(Deadlines(total: nil, idle: nil, stall: pace), start: start)
        clock.connected(at: start)
        clock.received(50, at: after(1))
        #expect(clock.read(at: after(5)) == .inTime(until: after(5)))
        #expect(clock.read(at: after(5)) == .inTime(until: after(10)))
        clock.received(49, at: after(9))
        #expect(clock.read(at: after(10)) == .expired(.stall, after: .seconds(5)))
    }

    @Test func theResponseHasADeadlineWhateverTheUploadDoes() {
        var clock = TransferClock(Deadlines(total: nil, response: .seconds(5), idle: .seconds(2)), start: start)
        clock.connected(at: after(1))
        clock.hold()
        #expect(clock.read(at: after(5)) == .inTime(until: after(6)))
        #expect(clock.read(at: after(6)) == .expired(.response, after: .seconds(5)))
        clock.receivedHead(at: after(6))
        #expect(clock.read(at: after(6)) == .inTime(until: after(8)))
    }

    @Test func onceTheResponseHasBegunOnlyWhatArrivesBreaksTheSilence() {
        var clock = TransferClock(Deadlines(total: nil, idle: .seconds(5)), start: start)
        clock.connected(at: start)
        clock.sent(1, at: after(4))
        #expect(clock.read(at: after(8)) == .inTime(until: after(9)))
        clock.receivedHead(at: after(8))
        clock.sent(1, at: after(12))
        #expect(clock.read(at: after(13)) == .expired(.idle, after: .seconds(5)))
    }
}
