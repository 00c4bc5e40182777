import HTTPTypes
import Testing

@testable import HTTP

/// Against nghttpd, over TLS and in the clear.
@Suite(.enabled(if: isInstalled("nghttpd"), "install Debian's nghttp2-server"))
struct HTTP2Tests {
    private let certificates: Certificates

    /// With a file larger than the window of 32 MiB that libcurl grants a stream, and a small one.
    private static let folder = Task {
        let certificates = try await Certificates.made.value
        return try await onThread {
            try certificates.write([UInt8](repeating: 0, count: 64 << 20), to: "large")
            try certificates.write(Array("small".utf8), to: "small")
            return certificates
        }
    }

    init() async throws {
        certificates = try await Self.folder.value
    }

    private func nghttpd(_ options: [String]) -> (Int) -> [String] {
        { port in ["-a", "127.0.0.1", "-d", certificates.folder] + options + ["\(port)"] + pair(options) }
    }

    private func pair(_ options: [String]) -> [String] {
        options.contains("--no-tls") ? [] : [certificates.path("server-key"), certificates.path("server")]
    }

    private func client(_ version: HTTPClient.VersionPolicy = .automatic, shares: Bool = false) throws -> HTTPClient {
        let tls = TLSOptions(certificateAuthorities: try certificates.read("ca"))
        return try HTTPClient(
            HTTPClient.Configuration(tls: tls, proxy: .none, version: version, sharesConnections: shares))
    }

    /// nghttpd is in a folder that only root has on its PATH.
    private func withNghttpd(_ options: [String], _ body: (Int) async throws -> Void) async throws {
        try await withServer("/usr/sbin/nghttpd", nghttpd(options), body)
    }

    @Test func tlsAgreesOnHTTP2() async throws {
        try await withNghttpd([]) { port in
            let response = try await client().send(Request(.get, "https://127.0.0.1:\(port)/small.pem"))
            #expect(response.head.version == .http2)
            #expect(response.body == Array("small".utf8))
            let http1 = try HTTPClient(
                HTTPClient.Configuration(
                    tls: TLSOptions(certificateAuthorities: try certificates.read("ca")), proxy: .none, version: .http1)
            )
            // nghttpd speaks nothing else.
            await #expect(throws: HTTPError.self) {
                _ = try await http1.send(Request(.get, "https://127.0.0.1:\(port)/small.pem"))
            }
        }
    }

    @Test(arguments: ["http", "https"])
    func trailersAndUploadsPassInEitherScheme(_ scheme: String) async throws {
        let options = ["--echo-upload", "--trailer=grpc-status: 0"] + (scheme == "http" ? ["--no-tls"] : [])
        try await withNghttpd(options) { port in
            let client = try client(.http2)
            for _ in 0..<20 {
                let source = CountingSource(chunk: 100_000, chunks: 20)
                let response = try await client.send(
                    Request(.post, "\(scheme)://127.0.0.1:\(port)/", body: .stream(length: nil, source)),
                    deadlines: Deadlines(idle: .seconds(60)))
                #expect(response.head.version == .http2)
                #expect(response.body.count == 2_000_000)
                let name = try #require(HTTPField.Name("grpc-status"))
                #expect(response.trailers == [name: "0"])
            }
        }
    }

    @Test func aServerThatFallsBackToHTTP1IsRefused() async throws {
        let arguments = PythonServer.arguments(
            certificate: certificates.path("server"), key: certificates.path("server-key"))
        try await withServer("python3", arguments) { port in
            let error = try await #require(throws: HTTPError.self) {
                _ = try await client(.http2).send(Request(.get, "https://127.0.0.1:\(port)/"))
            }
            #expect(error == .malformedResponse(endpoint: "127.0.0.1:\(port)", reason: "HTTP/1.1 instead of HTTP/2"))
        }
    }

    @Test func manyRequestsShareOneConnectionWhereAllowed() async throws {
        try await withNghttpd([]) { port in
            let client = try client(shares: true)
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<50 {
                    group.addTask { try await client.send(Request(.get, "https://127.0.0.1:\(port)/small.pem")).body }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(bodies == Array(repeating: Array("small".utf8), count: 50))
        }
    }

    @Test func aResponseThatIsNotReadHoldsUpNoOther() async throws {
        try await withNghttpd([]) { port in
            let client = try client()
            let url = "https://127.0.0.1:\(port)"
            try await client.withResponse(to: Request(.get, "\(url)/large.pem")) { _, body in
                var chunks = body.makeAsyncIterator()
                #expect(try await chunks.next() != nil)
                try await Task.sleep(for: .milliseconds(200))
                for _ in 0..<10 {
                    let deadlines = Deadlines(total: .seconds(60))
                    let response = try await client.send(Request(.get, "\(url)/small.pem"), deadlines: deadlines)
                    #expect(response.body == Array("small".utf8))
                }
                var received = 0
                while let chunk = try await chunks.next() { received += chunk.count }
                #expect(received > 63 << 20)
            }
        }
    }

    @Test func leavingEarlyKeepsTheClientUsable() async throws {
        try await withNghttpd([]) { port in
            let client = try client()
            for _ in 0..<20 {
                _ = try await client.withResponse(to: Request(.get, "https://127.0.0.1:\(port)/large.pem")) {
                    head, body in
                    var chunks = body.makeAsyncIterator()
                    return try await chunks.next()?.count
                }
            }
            let response = try await client.send(Request(.get, "https://127.0.0.1:\(port)/small.pem"))
            #expect(response.body == Array("small".utf8))
        }
    }
}
