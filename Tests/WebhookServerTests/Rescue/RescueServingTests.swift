import Synchronization
import Testing

@testable import WebhookServer

/// Rescue copies over a connection, in the clear. The agent's tests have them over TLS.
struct RescueServingTests {
    private static let path = "/db/uid-1/main-0.db"

    /// A megabyte of which no two parts are alike.
    private static let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    @Sendable private static func open(_ path: String, _ token: String) -> RescueAnswer {
        guard token == "right" else { return .refused }
        return switch path {
        case Self.path:
            .copy(ServedFile(size: Int64(bytes.count), tag: "ab12") { Array(bytes[Int($0)..<(Int($0) + $1)]) })
        case "/short": .copy(ServedFile(size: 1 << 20, tag: "x") { [UInt8](repeating: 0, count: $0 == 0 ? $1 : 1) })
        case "/gone": .missing
        case "/later": .unavailable("not now")
        default: .refused
        }
    }

    private func withServer(
        limits: ConnectionLimits = .rescue, open: @escaping RescueServer.Open = { Self.open($0, $1) },
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let listener = Listener(
            address: ListenAddress(host: "127.0.0.1", port: 0), limits: limits, identity: nil, metrics: nil,
            logger: Lines().logger(), onListening: { port.yield($0) },
            respond: RescueEndpoint(open: open).respond)
        try await serving([listener]) { _ in
            for await port in ports { return try await body(port) }
        }
    }

    private func request(
        _ path: String = Self.path, token: String? = "right", method: String = "GET", headers: String = ""
    ) -> String {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "\(method) \(path) HTTP/1.1\r\nHost: rescue\r\n\(authorization)\(headers)\r\n"
    }

    private struct Received {
        var status = 0
        var body: [UInt8] = []
    }

    private func exchange(_ request: String, _ port: Int) async throws -> Received {
        let socket = try Socket(port: port)
        await socket.send(request)
        var all: [UInt8] = []
        var total: Int?
        while total.map({ all.count < $0 }) ?? true, let chunk = await socket.receive(), !chunk.isEmpty {
            all += chunk
            guard total == nil, let end = all.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else { continue }
            let head = String(decoding: all[..<end], as: UTF8.self).lowercased()
            let length = head.firstRange(of: "content-length: ").map {
                head[$0.upperBound...].prefix(while: \.isNumber)
            }
            total = end + (length.flatMap { Int($0) } ?? 0)
        }
        let text = String(decoding: all.prefix(12), as: UTF8.self)
        let end = all.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? all.count
        return Received(status: text.split(separator: " ").last.flatMap { Int($0) } ?? 0, body: Array(all[end...]))
    }

    @Test func aCopyComesWholeAndInPart() async throws {
        try await withServer { port in
            let whole = try await exchange(request(), port)
            #expect(whole.status == 200 && whole.body == Self.bytes)
            let part = try await exchange(
                request(headers: "Range: bytes=300000-900000\r\nIf-Match: \"ab12\"\r\n"), port)
            #expect(part.status == 206 && part.body == Array(Self.bytes[300_000...900_000]))
            #expect(try await exchange(request(headers: "If-Match: \"else\"\r\n"), port).status == 412)
            #expect(try await exchange(request(headers: "Range: bytes=1048576-\r\n"), port).status == 416)
        }
    }

    @Test(
        arguments: [
            (Self.path, "wrong", 403), (Self.path, "", 401), ("/db/uid-1/main-1.db", "right", 403),
            ("/db/uid-1/../uid-1/main-0.db", "right", 403), ("/..%2f..%2fetc/passwd", "right", 403),
            ("/", "right", 403),
            ("/gone", "right", 404), ("/later", "right", 503), (Self.path, nil, 401),
        ] as [(String, String?, Int)])
    func othersGetNothing(_ path: String, _ token: String?, _ status: Int) async throws {
        try await withServer { port in
            let answer = try await exchange(request(path, token: token), port)
            #expect(answer.status == status)
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("uid-1"))
        }
    }

    @Test func aHeadHasNoBodyAndTheConnectionGoesOn() async throws {
        try await withServer { port in
            let socket = try Socket(port: port)
            await socket.send(request(method: "HEAD"))
            let head = String(decoding: try #require(await socket.receive()), as: UTF8.self)
            #expect(head.hasPrefix("HTTP/1.1 200") && head.contains("1048576") && head.hasSuffix("\r\n\r\n"))
            await socket.send(request(headers: "Range: bytes=0-2\r\n"))
            var next: [UInt8] = []
            while next.firstRange(of: Array("\r\n\r\n".utf8)).map({ next.count - $0.upperBound < 3 }) ?? true {
                next += try #require(await socket.receive())
            }
            #expect(Array(next.suffix(3)) == Array(Self.bytes[0...2]))
        }
    }

    @Test func nobodyWritesAnything() async throws {
        try await withServer { port in
            for method in ["PUT", "POST", "DELETE"] {
                let answer = try await exchange(request(method: method, headers: "Content-Length: 0\r\n"), port)
                #expect(answer.status == 405)
            }
            let answer = try await exchange(request(headers: "Content-Length: 9999\r\n"), port)
            #expect(answer.status == 400)
        }
    }

    /// The peer sees that something is missing: the connection ends before the length that was announced.
    @Test func aFileThatIsCutShortEndsTheConnection() async throws {
        try await withServer { port in
            let socket = try Socket(port: port)
            await socket.send(request("/short"))
            let all = try #require(await socket.receiveAll())
            #expect(all.hasPrefix("HTTP/1.1 200"))
            #expect(all.utf8.count < 1 << 20)
        }
    }

    @Test func whoDoesNotReadIsNotWaitedFor() async throws {
        let asked = Mutex(0)
        let large = ServedFile(size: 1 << 32, tag: "x") { _, count in
            asked.withLock { $0 += count }
            return [UInt8](repeating: 0, count: count)
        }
        var limits = ConnectionLimits.rescue
        (limits.writing, limits.interval) = (.seconds(1), .milliseconds(50))
        try await withServer(limits: limits, open: { _, _ in .copy(large) }) { port in
            let socket = try Socket(port: port)
            await socket.send(request("/large"))
            // No more is read of it than the kernel takes, and then the connection ends.
            var (last, rests) = (0, 0)
            while rests < 30 {
                try await Task.sleep(for: .milliseconds(100))
                let count = asked.withLock { $0 }
                rests = count > 0 && count == last ? rests + 1 : 0
                last = count
            }
            #expect(last < 64 << 20)
            let all = try #require(await socket.receiveAll())
            #expect(all.utf8.count <= last + 1024)
        }
    }
}
