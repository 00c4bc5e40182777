import EtcdRecoverModel
import FoundationEssentials
import Testing

@testable import WebhookServer

/// Whatever arrives gets an answer that says what is wrong, and the next request is served.
@Suite(.serialized)
struct BadRequestTests {
    private func status(_ answer: Answer?) throws -> Status {
        try JSONDecoder().decode(Status.self, from: Data(try #require(answer).body.utf8))
    }

    @Test(arguments: [
        ("/validate", "Content-Type: text/plain\r\n", 415, "the content type is text/plain, expected application/json"),
        ("/validate", "", 415, "the content type is missing, expected application/json"),
        (
            "/validate", "Content-Type: application/jsonp\r\n", 415,
            "the content type is application/jsonp, expected application/json"
        ),
        (
            "/inject", "Content-Type: application/json\r\n", 404,
            "nothing is served at /inject; reviews go to /mutate, /validate and /inject/etcdrestores"
        ),
        (
            "/", "Content-Type: application/json\r\n", 404,
            "nothing is served at /; reviews go to /mutate, /validate and /inject/etcdrestores"
        ),
        (
            "/validate/x", "Content-Type: application/json\r\n", 404,
            "nothing is served at /validate/x; reviews go to /mutate, /validate and /inject/etcdrestores"
        ),
    ])
    func headsAreJudgedBeforeTheBodyIsRead(_ path: String, _ headers: String, _ code: Int, _ message: String)
        async throws
    {
        try await withReviews { port in
            let answer = try await exchange(post(review(), to: path, headers: headers), port: port)
            let status = try status(answer)
            #expect(answer?.status == code)
            #expect(status.code == code)
            #expect(status.message == message)
            #expect(answer?.headers["content-type"] == "application/json")
        }
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
    ])
    func jsonIsTakenHoweverItIsSpelled(_ type: String) async throws {
        try await withReviews { port in
            let answer = try await exchange(post(review(), headers: "Content-Type: \(type)\r\n"), port: port)
            #expect(answer?.status == 200)
        }
    }

    @Test(arguments: ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
    func otherMethodsAreToldWhichOneIsMeant(_ method: String) async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send("\(method) /mutate HTTP/1.1\r\nHost: webhook\r\n\r\n")
            let text = String(decoding: try #require(await socket.receive()), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 405 "))
            #expect(text.lowercased().contains("\r\nallow: post\r\n"))
        }
    }

    @Test(arguments: [
        "", "{", "nonsense", #"{"kind":"AdmissionReview"}"#, review().replacing("705ab4f5", with: ""),
        #"{"apiVersion":"v1","kind":"Pod"}"#, String(repeating: "[", count: 100_000), "\"\\ud800\"", "\0",
        review(String(repeating: #"{"a":"#, count: 100_000)),
    ])
    func bodiesThatAreNoReviewAreABadRequest(_ body: String) async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(post(body))
            let answer = await socket.answer()
            #expect(answer?.status == 400)
            #expect(try status(answer).reason == "BadRequest")
            await socket.send(post(review()))
            #expect(await socket.answer()?.status == 200, "the connection is as good as before")
        }
    }

    @Test
    func bytesThatAreNotUTF8AreABadRequest() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n")
            await socket.send([0x22, 0xC3, 0x28, 0x22])
            #expect(try status(await socket.answer()).message == "the body is not UTF-8")
        }
    }

    @Test
    func aBodyAnnouncedAsTooLargeIsRefusedUnread() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: 3145729\r\n\r\n"
            )
            let answer = await socket.answer()
            #expect(answer?.status == 413)
            #expect(answer?.headers["connection"] == "close")
            #expect(try status(answer).message == "the body is larger than 3145728 bytes")
        }
    }

    @Test
    func aBodyThatTurnsOutTooLargeIsRefusedWhereItPassesTheLimit() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /validate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = "100000\r\n" + String(repeating: " ", count: 0x100000) + "\r\n"
            for _ in 0..<4 { await socket.send(chunk) }
            #expect(await socket.answer()?.status == 413)
        }
    }

    @Test
    func aChunkedReviewIsRead() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /mutate HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for byte in review().utf8.map({ String(UnicodeScalar($0)) }) { await socket.send("1\r\n\(byte)\r\n") }
            await socket.send("0\r\n\r\n")
            #expect(await socket.answer()?.status == 200)
        }
    }

    @Test
    func aReviewNearTheLimitIsJudged() async throws {
        try await withReviews { port in
            let padding = String(repeating: "x", count: ReviewRoute.bodyLimit - 1000)
            let body = review().replacing(#""metadata":{"#, with: #""metadata":{"annotations":{"note":"\#(padding)"},"#)
            let answer = try await exchange(post(body), port: port)
            #expect(answer?.status == 200)
        }
    }

    @Test
    func aBodyThatEndsEarlyLeavesTheServerAlive() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(String(post(review()).dropLast(10)))
            socket.finishSending()
            _ = await socket.receiveAll()
            #expect(try await exchange(post(review()), port: port)?.status == 200)
        }
    }

    @Test(arguments: [
        "GET", "\0\0\0\0", "POST /validate HTTP/9.9\r\n\r\n", "POST /validate HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ])
    func whatIsNotHTTPEndsTheConnectionAndNoMore(_ bytes: String) async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send(bytes)
            socket.finishSending()
            #expect(await socket.receiveAll() != nil)
            #expect(try await exchange(post(review()), port: port)?.status == 200)
        }
    }

    @Test
    func aHeadWithoutEndIsNotKept() async throws {
        try await withReviews { port in
            let socket = try Socket(port: port)
            await socket.send("POST /validate HTTP/1.1\r\n")
            for index in 0..<200 { await socket.send("X-\(index): \(String(repeating: "y", count: 1000))\r\n") }
            #expect(await socket.receiveAll() != nil)
        }
    }
}
