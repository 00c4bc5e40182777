import HTTPTypes
import Testing

@testable import HTTP

/// What arrives at Python's HTTP server.
struct RequestTests {
    private let client: HTTPClient

    init() throws {
        client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .delete, .put, .post, .patch])
    func everyMethodArrivesAsItself(_ method: HTTPRequest.Method) async throws {
        try await withServer("python3", PythonServer.arguments()) { port in
            let url = "http://127.0.0.1:\(port)/a%20b/../c?d=e%2Ff"
            let response = try await client.send(Request(method, url))
            #expect(response.status == .ok)
            guard method != .head else {
                #expect(response.body.isEmpty)
                return
            }
            let seen = try SeenRequest(response)
            #expect(seen.method == method.rawValue)
            #expect(seen.path == "/a%20b/../c?d=e%2Ff")
            let sends: [HTTPRequest.Method] = [.put, .post, .patch]
            #expect(seen.headers["content-length"] == (sends.contains(method) ? "0" : nil))
            #expect(seen.headers["content-type"] == nil)
            #expect(seen.headers["user-agent"] == "etcdrecover")
        }
    }

    @Test func bodiesFieldsAndCredentialsArrive() async throws {
        try await withServer("python3", PythonServer.arguments()) { port in
            let url = "http://127.0.0.1:\(port)/"
            var request = Request(
                .delete, url, headers: [.contentType: "application/json", .accept: "a, b", .cookie: ""],
                authorization: .bearer(SecretBytes("abc.def")), body: .bytes(Array("{}".utf8)))
            var seen = try SeenRequest(try await client.send(request))
            #expect(seen.received == 2)
            #expect(seen.headers["content-type"] == "application/json")
            #expect(seen.headers["accept"] == "a, b")
            #expect(seen.headers["cookie"] == "")
            #expect(seen.headers["authorization"] == "Bearer abc.def")
            request.authorization = .basic(user: "user", password: SecretBytes("pass:word"))
            seen = try SeenRequest(try await client.send(request))
            #expect(seen.headers["authorization"] == "Basic dXNlcjpwYXNzOndvcmQ=")
        }
    }

    /// Whoever sent it may fill it anew without a copy.
    @Test func aBodyThatWasSentIsHeldByNobody() async throws {
        try await withServer("python3", PythonServer.arguments()) { port in
            var body = [UInt8](repeating: 1, count: 1 << 20)
            let place = body.withUnsafeBytes { $0.baseAddress }
            for round in 0..<100 {
                let response = try await client.send(
                    Request(.put, "http://127.0.0.1:\(port)/", body: .bytes(body)))
                #expect(response.status == .ok)
                body[round] = 2
                #expect(body.withUnsafeBytes { $0.baseAddress } == place, "round \(round)")
            }
        }
    }

    @Test func twoHundredRequestsAtOnceShareOneThread() async throws {
        try await withServer("python3", PythonServer.arguments()) { port in
            let before = try threads()
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for index in 0..<200 {
                    group.addTask { [client] in
                        try await client.send(Request(.get, "http://127.0.0.1:\(port)/\(index)")).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: .ok, count: 200))
            // Other tests run beside this one, each with a thread or two.
            let after = try threads()
            #expect(after - before < 100)
        }
    }

    @Test func connectionsBeyondTheLimitWaitTheirTurn() async throws {
        let client = try HTTPClient(HTTPClient.Configuration(proxy: .none, connectionsPerHost: 2))
        try await withServer("python3", PythonServer.arguments()) { port in
            let peers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try SeenRequest(try await client.send(Request(.get, "http://127.0.0.1:\(port)/"))).peer
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(peers.count == 2)
        }
    }

    @Test(arguments: ["line\nbreak", "two words", "", "naïve"])
    func aTokenThatIsNoTokenIsRefused(_ token: String) async throws {
        let error = try await #require(throws: HTTPError.self) {
            let request = Request(.get, "http://127.0.0.1:1/", authorization: .bearer(SecretBytes(token)))
            _ = try await client.send(request)
        }
        #expect(
            error
                == .invalidRequest(reason: "the bearer token is empty or holds spaces, line breaks or non-ASCII bytes"))
    }
}
