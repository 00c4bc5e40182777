import HTTPTypes
import Synchronization
import Testing

@testable import HTTP

/// Bodies that stream, consumers and producers that are slow, tasks that are cancelled.
struct StreamingTests {
    private let client: HTTPClient

    init() throws {
        client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
    }

    /// Sends zeros for as long as they are taken, counting them.
    private func fountain() throws -> (server: ScriptedServer, sent: Observed<Int>, closed: Observed<Bool>) {
        let (sent, closed) = (Observed<Int>(), Observed<Bool>())
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\n\r\n")
            let piece = [UInt8](repeating: 0, count: 65536)
            var total = 0
            while peer.write(piece) {
                total += piece.count
                sent.set(total)
            }
            closed.set(peer.waitForClose())
        }
        return (server, sent, closed)
    }

    @Test func aSleepingConsumerStopsTheSender() async throws {
        let (server, sent, closed) = try fountain()
        try await client.withResponse(to: Request(.get, server.url)) { _, body in
            var chunks = body.makeAsyncIterator()
            #expect(try await chunks.next() != nil)
            // What the kernel's socket buffers and ours hold, and nothing since.
            let limit = 8 << 20
            var (before, after) = (-1, 0)
            while after > before, after < limit {
                try await Task.sleep(for: .milliseconds(500))
                (before, after) = (after, sent.current ?? 0)
            }
            #expect(after < limit)
            // Awake again, more than all buffers together comes through.
            var received = 0
            while received < 32 << 20, let chunk = try await chunks.next() {
                #expect(chunk.count <= Transfer.watermark + 16384)
                received += chunk.count
            }
            #expect(received >= 32 << 20)
        }
        #expect(try await closed.wait() == true)
    }

    @Test func leavingEarlyClosesTheConnection() async throws {
        let (server, _, closed) = try fountain()
        let status = try await client.withResponse(to: Request(.get, server.url)) { head, _ in head.status }
        #expect(status == .ok)
        #expect(try await closed.wait() == true)
    }

    @Test func cancellingTheTaskClosesTheConnection() async throws {
        let closed = Observed<Bool>()
        let server = try ScriptedServer { peer in
            peer.readHead()
            closed.set(peer.waitForClose())
        }
        let task = Task { [client] in try await client.send(Request(.get, server.url)) }
        while server.connections == 0 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try await closed.wait() == true)
    }

    @Test func cancellingInMidBodyClosesTheConnection() async throws {
        let (server, _, closed) = try fountain()
        let started = Observed<Bool>()
        let task = Task { [client] in
            try await client.withResponse(to: Request(.get, server.url)) { _, body in
                for try await _ in body { started.set(true) }
            }
        }
        _ = try await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await closed.wait() == true)
    }

    @Test func anErrorOfTheConsumerPassesAndClosesTheConnection() async throws {
        struct Enough: Error {}
        let (server, _, closed) = try fountain()
        await #expect(throws: Enough.self) {
            try await client.withResponse(to: Request(.get, server.url)) { _, _ in throw Enough() }
        }
        #expect(try await closed.wait() == true)
    }

    @Test func whatArrivedBeforeALossIsStillRead() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nevent 1\n")
        }
        try await client.withResponse(to: Request(.get, server.url)) { _, body in
            try await Task.sleep(for: .milliseconds(100))
            var chunks = body.makeAsyncIterator()
            #expect(try await chunks.next() == Array("event 1\n".utf8))
            let endpoint = "127.0.0.1:\(server.port)"
            await #expect(throws: HTTPError.connectionLost(endpoint: endpoint, bytesReceived: 8)) {
                _ = try await chunks.next()
            }
        }
    }

    @Test func trailersFollowTheBody() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
            peer.write("2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n")
        }
        let response = try await client.send(Request(.get, server.url))
        #expect(response.body == Array("ok".utf8))
        let sum = try #require(HTTPField.Name("X-Sum"))
        #expect(response.trailers == [sum: "7"])
    }

    // MARK: Uploads

    @Test func anUploadStopsWhenTheServerDoesNotRead() async throws {
        let go = Observed<Bool>()
        let received = Observed<Int>()
        let server = try ScriptedServer { peer in
            peer.readHead()
            while go.current == nil { peer.pause(milliseconds: 2) }
            var total = 0
            while total < 32 << 20 {
                let piece = peer.read()
                guard !piece.isEmpty else { break }
                total += piece.count
            }
            received.set(total)
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let source = CountingSource(chunk: 65536, chunks: 512)
        async let response = client.send(
            Request(.put, server.url, body: .stream(length: 32 << 20, source)), deadlines: .transfer)
        // The kernel grows its socket buffers for a while.
        var before = -1
        while source.taken > before {
            before = source.taken
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(source.taken * 65536 < 16 << 20)
        go.set(true)
        #expect(try await response.status == .ok)
        #expect(received.current == 32 << 20)
    }

    @Test func anUploadOfUnknownLengthGoesChunked() async throws {
        let head = Observed<String>()
        let server = try ScriptedServer { peer in
            head.set(peer.readHead())
            var body: [UInt8] = []
            while !body.suffix(5).elementsEqual("0\r\n\r\n".utf8) {
                let piece = peer.read()
                guard !piece.isEmpty else { return }
                body += piece
            }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
            peer.write(body)
        }
        let source = CountingSource(chunk: 3, chunks: 2, gap: .milliseconds(50))
        let response = try await client.send(Request(.post, server.url, body: .stream(length: nil, source)))
        #expect(String(decoding: response.body, as: UTF8.self).filter { $0 == "a" }.count == 6)
        let text = try #require(head.current)
        #expect(text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(!text.contains("Expect:"))
    }

    @Test(arguments: [1, 3])
    func aSourceOfAnotherLengthThanAnnouncedFails(_ chunks: Int) async throws {
        let server = try ScriptedServer { _ = $0.waitForClose() }
        let source = CountingSource(chunk: 10, chunks: chunks)
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.put, server.url, body: .stream(length: 20, source)))
        }
        #expect(error == .bodyLengthMismatch(endpoint: "127.0.0.1:\(server.port)", announced: 20))
    }

    @Test func anErrorOfTheSourcePassesToTheCaller() async throws {
        let closed = Observed<Bool>()
        let server = try ScriptedServer { closed.set($0.waitForClose()) }
        let source = CountingSource(chunk: 10, chunks: 2, gap: .milliseconds(100), failing: true)
        await #expect(throws: CountingSource.Broken.self) {
            _ = try await client.send(Request(.put, server.url, body: .stream(length: nil, source)))
        }
        #expect(try await closed.wait() == true)
    }

    @Test func anAnswerInMidUploadEndsTheUpload() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")
            // What it did not read would make its close a reset, which may overtake the answer.
            _ = peer.waitForClose()
        }
        let source = CountingSource(chunk: 65536, chunks: .max)
        let response = try await client.send(Request(.put, server.url, body: .stream(length: nil, source)))
        #expect(response.status == .forbidden)
        #expect(response.body == Array("nope".utf8))
    }

    @Test(.timeLimit(.minutes(5))) func leavingEarlyEndsAnUploadThatIsStuck() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while peer.isOpen { peer.pause(milliseconds: 10) }
        }
        let source = CountingSource(chunk: 65536, chunks: .max)
        let request = Request(.put, server.url, body: .stream(length: nil, source))
        let status = try await client.withResponse(to: request, deadlines: Deadlines(total: nil, idle: nil)) {
            head, _ in
            var before = -1
            while source.taken > before {
                before = source.taken
                try await Task.sleep(for: .milliseconds(300))
            }
            return head.status
        }
        #expect(status == .ok)
    }

    @Test func aProducerThatWaitsIsNotASilentPeer() async throws {
        let server = try ScriptedServer { peer in
            peer.readHead()
            var piece: [UInt8]
            repeat { piece = peer.read() } while !piece.isEmpty && !piece.suffix(5).elementsEqual("0\r\n\r\n".utf8)
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let source = CountingSource(chunk: 3, chunks: 0, gap: .seconds(6))
        let response = try await client.send(
            Request(.post, server.url, body: .stream(length: nil, source)),
            deadlines: Deadlines(idle: .seconds(5)))
        #expect(response.status == .ok)
    }
}

/// Chunks of the letter a, counting those taken.
final class CountingSource: AsyncSequence, Sendable {
    struct Broken: Error {}

    private let chunk: [UInt8]
    private let chunks: Int
    private let gap: Duration
    private let failing: Bool
    private let count = Mutex(0)

    var taken: Int { count.withLock { $0 } }

    init(chunk: Int, chunks: Int, gap: Duration = .zero, failing: Bool = false) {
        self.chunk = [UInt8](repeating: UInt8(ascii: "a"), count: chunk)
        (self.chunks, self.gap, self.failing) = (chunks, gap, failing)
    }

    func makeAsyncIterator() -> Iterator { Iterator(source: self) }

    struct Iterator: AsyncIteratorProtocol {
        let source: CountingSource

        func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            if source.gap > .zero { try await Task.sleep(for: source.gap) }
            let isLast = source.count.withLock { count in
                if count == source.chunks { return true }
                count += 1
                return false
            }
            if isLast, source.failing { throw Broken() }
            return isLast ? nil : source.chunk
        }

        func next() async throws -> [UInt8]? { try await next(isolation: nil) }
    }
}
