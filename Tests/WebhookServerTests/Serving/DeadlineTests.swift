import Admission
import HTTPTypes
import Testing

@testable import WebhookServer

/// No peer holds a connection for longer than it may, and no look-up an answer.
@Suite(.serialized)
struct DeadlineTests {
    private var impatient: ConnectionLimits {
        ConnectionLimits(
            opening: .milliseconds(300), reading: .milliseconds(300), writing: .milliseconds(300),
            idle: .milliseconds(600), lingering: .milliseconds(100), interval: .milliseconds(50))
    }

    @Test(arguments: [
        "", "POST /validate HTTP/1.1\r\nHost: w\r\n",
        "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ])
    func whoStopsTalkingIsHungUpOn(_ bytes: String) async throws {
        try await withReviews(limits: impatient) { port in
            let socket = try Socket(port: port, patience: 60)
            await socket.send(bytes)
            #expect(await socket.receiveAll() == "")
        }
    }

    @Test
    func whoTalksByTheByteIsHungUpOnToo() async throws {
        try await withReviews(limits: impatient) { port in
            let socket = try Socket(port: port, patience: 60)
            await socket.send(
                "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
            )
            let start = ContinuousClock.now
            async let answer = socket.receiveAll()
            let trickle = Task {
                while !Task.isCancelled {
                    await socket.send(" ")
                    try? await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(await answer == "")
            #expect(start.duration(to: .now) < .seconds(50))
            trickle.cancel()
        }
    }

    @Test
    func anIdleConnectionIsKeptForAWhileAndThenClosed() async throws {
        // Three requests fit in even on a busy machine, which may stop for seconds between them.
        let limits = ConnectionLimits(
            opening: .seconds(10), reading: .seconds(10), writing: .seconds(10), idle: .seconds(8),
            lingering: .milliseconds(100), interval: .milliseconds(50))
        try await withReviews(limits: limits) { port in
            let socket = try Socket(port: port, patience: 60)
            for _ in 0..<3 {
                await socket.send(post(review()))
                #expect(await socket.answer()?.status == 200)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(await socket.receiveAll() == "")
        }
    }

    @Test
    func aLookUpThatHangsIsAnsweredForInTime() async throws {
        try await withReviews(asking: World(answers: false)) { port in
            let start = ContinuousClock.now
            let answer = try #require(try await exchange(post(review(), to: "/validate?timeout=1s"), port: port))
            #expect(start.duration(to: .now) < .seconds(50))
            #expect(answer.status == 200)
            #expect(answer.body.contains("the API server did not answer in time"))
            #expect(answer.body.contains(#""allowed":false"#))
        }
    }

    @Test
    func whoHoldsConnectionsWithoutAUseGivesWay() async throws {
        var limits = ConnectionLimits()
        limits.connections = 4
        try await withReviews(limits: limits) { port in
            let used = try Socket(port: port)
            await used.send(post(review()))
            #expect(await used.answer()?.status == 200)
            var silent: [Socket] = []
            for _ in 0..<10 { silent.append(try Socket(port: port, patience: 60)) }
            // The silent ones are still arriving, on several threads, and one of them may take a newcomer's place.
            var status: Int?
            for _ in 0..<20 where status == nil { status = try await exchange(post(review()), port: port)?.status }
            #expect(status == 200)
            #expect(await silent[0].receiveAll() == "", "the oldest is hung up on")
            await used.send(post(review()))
            #expect(await used.answer()?.status == 200, "one that was of use is kept before those")
        }
    }

    @Test
    func whileAllAreAtWorkAConnectionTooManyWaitsForItsTurn() async throws {
        var limits = ConnectionLimits()
        limits.connections = 2
        try await withReviews(asking: World(answers: false), limits: limits) { port in
            var busy: [Socket] = []
            for _ in 0..<2 {
                let socket = try Socket(port: port)
                await socket.send(post(review(), to: "/validate?timeout=3s"))
                try await Task.sleep(for: .milliseconds(200))
                busy.append(socket)
            }
            let waiting = try Socket(port: port, patience: 1)
            await waiting.send(post("{}"))
            #expect(await waiting.receive() == nil)
            waiting.waits(upTo: 60)
            for socket in busy { #expect(await socket.answer()?.status == 200) }
            busy.removeAll()
            #expect(await waiting.answer()?.status == 400)
        }
    }

    @Test(arguments: [
        ("/validate", Duration.seconds(10)), ("/validate?timeout=3s", .seconds(3)),
        ("/validate?a=b&timeout=1m", .seconds(30)),
        ("/validate?timeout=-1s", .seconds(10)), ("/validate?timeout=soon", .seconds(10)),
        ("/validate?timeout=", .seconds(10)),
        ("/validate?timeout=500ms", .milliseconds(500)),
    ])
    func theAPIServersPatienceIsRead(_ target: String, _ expected: Duration) {
        let route = ReviewRoute(
            .init(
                method: .post, scheme: nil, authority: nil, path: target,
                headerFields: [.contentType: "application/json"]))
        #expect(route == .review(.judging(.validate), timeout: expected))
    }

    @Test(arguments: [
        (Duration.seconds(10), Duration.seconds(9)), (.seconds(30), .seconds(29)), (.seconds(1), .milliseconds(900)),
    ])
    func someTimeIsLeftForTheAnswersWay(_ timeout: Duration, _ expected: Duration) {
        #expect(AdmissionEndpoint.lookupLimit(within: timeout) == expected)
    }
}
