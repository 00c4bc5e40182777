import HTTPTypes
import Testing

@testable import HTTP

/// Peers that misbehave: each ends in its own error, in time.
struct FaultTests {
    private let client: HTTPClient

    init() throws {
        client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
    }

    private func failure(
        of script: @escaping @Sendable (Peer) -> Void, deadlines: Deadlines = .call, bodyLimit: Int = 1 << 20
    ) async throws -> (error: HTTPError, endpoint: String) {
        let server = try ScriptedServer(script)
        let start = ContinuousClock.now
        defer { #expect(.now - start < .seconds(60)) }
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, server.url), deadlines: deadlines, bodyLimit: bodyLimit)
        }
        return (error, "127.0.0.1:\(server.port)")
    }

    @Test func aSilentServerRunsIntoTheIdleDeadline() async throws {
        let deadlines = Deadlines(idle: .milliseconds(300))
        let (error, endpoint) = try await failure(of: { _ = $0.waitForClose() }, deadlines: deadlines)
        #expect(error == .timedOut(endpoint: endpoint, .idle, after: .milliseconds(300)))
    }

    @Test func aTrickleRunsIntoTheTotalDeadline() async throws {
        let (error, endpoint) = try await failure(
            of: trickle, deadlines: Deadlines(total: .milliseconds(500), idle: .seconds(60)))
        #expect(error == .timedOut(endpoint: endpoint, .total, after: .milliseconds(500)))
    }

    @Test func aTrickleRunsIntoTheStallDeadline() async throws {
        let pace = Deadlines.Pace(bytesPerSecond: 1000, over: .milliseconds(500))
        let (error, endpoint) = try await failure(
            of: trickle, deadlines: Deadlines(total: nil, idle: .seconds(60), stall: pace))
        #expect(error == .timedOut(endpoint: endpoint, .stall, after: .milliseconds(500)))
    }

    private let trickle: @Sendable (Peer) -> Void = { peer in
        peer.readHead()
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while peer.write("x") { peer.pause(milliseconds: 20) }
    }

    @Test func aTLSHandshakeNobodyAnswersRunsIntoTheConnectDeadline() async throws {
        let server = try ScriptedServer { _ = $0.waitForClose() }
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(
                Request(.get, "https://127.0.0.1:\(server.port)/"), deadlines: Deadlines(connect: .milliseconds(300)))
        }
        #expect(error == .timedOut(endpoint: "127.0.0.1:\(server.port)", .connect, after: .milliseconds(300)))
    }

    @Test func aShortBodyIsALostConnection() async throws {
        let (error, endpoint) = try await failure { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfive!")
        }
        #expect(error == .connectionLost(endpoint: endpoint, bytesReceived: 5))
    }

    @Test func aResetInMidBodyIsALostConnection() async throws {
        let (error, endpoint) = try await failure { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n")
            peer.pause(milliseconds: 50)
            peer.resetOnClose()
        }
        #expect(error == .connectionLost(endpoint: endpoint, bytesReceived: 5))
    }

    @Test func aCloseWithoutAnswerIsALostConnection() async throws {
        let (error, endpoint) = try await failure { _ = $0.readHead() }
        #expect(error == .connectionLost(endpoint: endpoint, bytesReceived: 0))
    }

    @Test(arguments: ["X-Field: 0123456789\r\n", "0123456789"])
    func endlessHeadersAreCutOff(_ piece: String) async throws {
        let (error, endpoint) = try await failure { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nX: ")
            while peer.write(String(repeating: piece, count: 100)) {}
        }
        #expect(error == .headersTooLarge(endpoint: endpoint, limit: 64 << 10))
    }

    @Test func anEndlessBodyIsCutOff() async throws {
        let (error, endpoint) = try await failure(
            of: { peer in
                peer.readHead()
                peer.write("HTTP/1.1 200 OK\r\n\r\n")
                while peer.write([UInt8](repeating: 0, count: 65536)) {}
            }, bodyLimit: 100_000)
        #expect(error == .bodyTooLarge(endpoint: endpoint, limit: 100_000))
    }

    @Test func anotherProtocolIsAMalformedResponse() async throws {
        let (error, endpoint) = try await failure { peer in
            peer.write("SSH-2.0-OpenSSH_9.2\r\n")
            peer.readHead()
        }
        #expect(error == .malformedResponse(endpoint: endpoint, reason: "no status line"))
    }

    @Test func aPortNobodyListensOnRefuses() async throws {
        let port = try unusedPort()
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "http://127.0.0.1:\(port)/"))
        }
        #expect(error == .cannotConnect(endpoint: "127.0.0.1:\(port)"))
    }

    @Test func anUnknownHostDoesNotResolve() async throws {
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "http://no-such-host.invalid/"))
        }
        #expect(error == .cannotResolve(endpoint: "no-such-host.invalid:80"))
    }

    @Test(arguments: [
        ("file:///etc/passwd", "its scheme is not one of http, https"),
        ("ftp://127.0.0.1/", "its scheme is not one of http, https"),
        ("http://user:secret@127.0.0.1/", "it holds credentials; pass them as authorization"),
    ])
    func otherURLsAreRefused(_ url: String, reason: String) async throws {
        let error = try await #require(throws: HTTPError.self) { _ = try await client.send(Request(.get, url)) }
        #expect(error == .invalidURL(reason: reason))
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        }
        let response = try await client.send(
            Request(.get, server.url, authorization: .bearer(SecretBytes("token"))))
        #expect(response.status == .found)
        #expect(server.connections == 1)
    }

    @Test func aPooledConnectionThatHasClosedIsReplaced() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            _ = peer.read(upTo: 4)
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        for _ in 0..<3 {
            let response = try await client.send(Request(.post, server.url, body: .bytes(Array("ping".utf8))))
            #expect(response.body == Array("ok".utf8))
        }
    }

    @Test func afterShutdownRequestsFail() async throws {
        let server = try ScriptedServer { _ = $0.waitForClose() }
        let pending = Task { [client] in try await client.send(Request(.get, server.url)) }
        while server.connections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        await client.shutdown()
        await #expect(throws: HTTPError.clientClosed) { _ = try await pending.value }
        await #expect(throws: HTTPError.clientClosed) { _ = try await client.send(Request(.get, server.url)) }
    }

    /// The two wake-ups of the loop may come as one; without any it sleeps a minute.
    @Test func aShutdownRightAfterACancellationEnds() async throws {
        let server = try ScriptedServer { _ = $0.waitForClose() }
        for round in 1...300 {
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
            let pending = Task { try await client.send(Request(.get, server.url)) }
            while server.connections < round { try await Task.sleep(for: .milliseconds(1)) }
            pending.cancel()
            let start = ContinuousClock.now
            await client.shutdown()
            try #require(.now - start < .seconds(50))
            await #expect(throws: (any Error).self) { _ = try await pending.value }
        }
    }
}
