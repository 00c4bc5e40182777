import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import WebhookServer

/// However much is sent at once, what is kept of it has a limit, and ordinary reviews are not in its way.
@Suite(.serialized)
struct BodyBudgetTests {
    private static let megabyte = String(repeating: " ", count: 1 << 20)

    private func startLargeBody(_ port: Int) async throws -> Socket {
        let socket = try Socket(port: port)
        await socket.send(
            "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n"
                + Self.megabyte)
        return socket
    }

    @Test
    func aBodyWithoutRoomIsToldToComeAgainAndSmallOnesAreServed() async throws {
        let budget = BodyBudget(total: 3 << 19, patience: .milliseconds(200))
        let metrics = WebhookMetrics(rules: [])
        try await withReviews(metrics: metrics, budget: budget) { port async throws in
            let first = try await startLargeBody(port)
            // Until it has been read: of two that come together, each could be what the other waits for.
            try await eventually("the first body's share", every: .milliseconds(10)) {
                budget.available == (1 << 19) + BodyBudget.free ? true : nil
            }
            let second = try await startLargeBody(port)
            let refused = try #require(await second.answer())
            #expect(refused.status == 503)
            #expect(refused.headers["connection"] == "close")
            let status = try JSONDecoder().decode(Status.self, from: Data(refused.body.utf8))
            #expect(status.reason == "ServiceUnavailable")
            #expect(try await exchange(post(review()), port: port)?.status == 200)
            #expect(metrics.exposition().contains("etcdrecover_http_refusals_total{code=\"503\"} 1\n"))
            withExtendedLifetime(first) {}
        }
    }

    @Test
    func roomIsGivenBack() async throws {
        let budget = BodyBudget(total: 3 << 19, patience: .milliseconds(200))
        try await withReviews(budget: budget) { port async throws in
            let padding = String(repeating: "x", count: 5 << 18)
            let large = review().replacing(
                #""metadata":{"#, with: #""metadata":{"annotations":{"note":"\#(padding)"},"#)
            for _ in 0..<5 { #expect(try await exchange(post(large), port: port)?.status == 200) }
        }
    }

    @Test
    func whatIsFreeIsNotCounted() async {
        let budget = BodyBudget(total: 100, patience: .zero)
        let (first, second) = (budget.share(), budget.share())
        #expect(await first.grow(to: BodyBudget.free + 60))
        #expect(await second.grow(to: BodyBudget.free))
        #expect(await !second.grow(to: BodyBudget.free + 41))
        #expect(await second.grow(to: BodyBudget.free + 40))
    }
}
