import HTTPTypes
import Testing

@testable import WebhookServer

/// Requests for rescue copies, as they are read and answered. Nothing listens.
struct RescueRequestTests {
    private func head(
        _ method: HTTPRequest.Method = .get, path: String = "/db/uid/main-0.db", _ fields: HTTPFields = [:]
    ) -> HTTPRequest {
        var head = HTTPRequest(method: method, scheme: "https", authority: "rescue", path: path)
        head.headerFields = [.authorization: "Bearer t"]
        for field in fields { head.headerFields[field.name] = field.value }
        return head
    }

    private let file = ServedFile(size: 10, tag: "ab12") { _, _ in [] }

    private func response(
        _ fields: HTTPFields, _ method: HTTPRequest.Method = .get
    ) throws(Refusal) -> RescueResponse {
        try RescueResponse(to: RescueRequest(head(method, fields)), of: file)
    }

    @Test func whatIsAskedForIsTakenAsItStands() throws {
        let request = try RescueRequest(head(path: "/a/%2e%2e/b?c"))
        #expect(request.path == "/a/%2e%2e/b?c")
        #expect(request.token == "t")
    }

    @Test(
        arguments: [
            (nil, 200, Int64(0)..<10, nil), ("bytes=0-", 206, 0..<10, "bytes 0-9/10"),
            ("bytes=3-5", 206, 3..<6, "bytes 3-5/10"), ("bytes=9-9", 206, 9..<10, "bytes 9-9/10"),
            ("bytes=4-99999999999", 206, 4..<10, "bytes 4-9/10"),
            ("bytes=4-9223372036854775807", 206, 4..<10, "bytes 4-9/10"),
            // Not understood, so not minded.
            ("bytes=-3", 200, 0..<10, nil), ("bytes=1-2,4-5", 200, 0..<10, nil), ("bytes=5-3", 200, 0..<10, nil),
            ("lines=1-2", 200, 0..<10, nil), ("bytes=99999999999999999999-", 200, 0..<10, nil),
            ("bytes=+1-2", 200, 0..<10, nil), ("bytes=-", 200, 0..<10, nil), ("bytes=", 200, 0..<10, nil),
        ] as [(String?, Int, Range<Int64>, String?)])
    func ranges(_ range: String?, _ status: Int, _ bytes: Range<Int64>, _ sent: String?) throws {
        let response = try response(range.map { [.range: $0] } ?? [:])
        #expect(response.head.status.code == status)
        #expect(response.bytes == bytes)
        #expect(response.head.headerFields[.contentRange] == sent)
        #expect(response.head.headerFields[.contentLength] == "\(bytes.count)")
        #expect(response.head.headerFields[.eTag] == "\"ab12\"")
    }

    @Test func aHeadIsAboutTheWhole() throws {
        #expect(try response([.range: "bytes=3-5"], .head).head.headerFields[.contentLength] == "10")
    }

    @Test func whatCannotBeGivenIsRefused() {
        func code(_ fields: HTTPFields) -> Int? {
            do throws(Refusal) {
                _ = try response(fields)
                return nil
            } catch { return error.code.code }
        }
        #expect(code([.range: "bytes=10-"]) == 416)
        #expect(code([.ifMatch: "\"else\""]) == 412)
        #expect(code([.ifMatch: "\"ab12\""]) == nil)
        #expect(code([.authorization: "Basic dDp0"]) == 401)
        #expect(code([.contentLength: "3"]) == 400)
        #expect(code([.transferEncoding: "chunked"]) == 400)
    }

    @Test func onlyReadingIsAllowed() {
        for method in [HTTPRequest.Method.put, .post, .delete, .options, .connect, .trace] {
            #expect(throws: Refusal.methodNotAllowed(method, allowed: "GET, HEAD")) {
                try RescueRequest(head(method))
            }
        }
        var anonymous = head()
        anonymous.headerFields = [:]
        #expect(throws: Refusal.self) { try RescueRequest(anonymous) }
        #expect(throws: Refusal.notGiven) { try RescueRequest(head(path: "/" + String(repeating: "a", count: 1024))) }
    }
}
