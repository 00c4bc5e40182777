import HTTPTypes
import Testing

@testable import HTTP

struct HeadParserTests {
    private func read(_ lines: [String], into parser: inout HeadParser) throws -> ResponseHead? {
        var head: ResponseHead?
        for line in lines {
            try Array((line + "\r\n").utf8).withUnsafeBytes { bytes in
                if let read = try parser.read(bytes) { head = read }
            }
        }
        return head
    }

    @Test func interimResponsesArePassedOver() throws {
        var parser = HeadParser(limit: 1000)
        let lines = [
            "HTTP/1.1 103 Early Hints", "Link: a", "", "HTTP/1.1 204 No Content", "Server:  x y \t", "", "ETag: z",
        ]
        let head = try read(lines, into: &parser)
        #expect(head == ResponseHead(version: .http1, status: .noContent, headers: [.server: "x y"]))
        #expect(parser.trailers == [.eTag: "z"])
    }

    @Test func repeatedFieldsAreKeptInOrderAndWhatIsNoFieldIsDropped() throws {
        var parser = HeadParser(limit: 1000)
        let head = try read(["HTTP/2 200", "set-cookie: a", "set-cookie: b", "no field", ": empty", ""], into: &parser)
        #expect(head?.headers.map(\.value) == ["a", "b"])
        #expect(head?.version == .http2)
    }

    @Test(arguments: ["HTTP/1.1", "HTTP/1.1 abc", "HTTP/1.1 99999 Big"])
    func aBrokenStatusLineIsMalformed(_ line: String) {
        var parser = HeadParser(limit: 1000)
        #expect(throws: HeadParser.Failure.malformed) { try read([line], into: &parser) }
    }

    @Test func trailersInOnePieceAreTakenApart() throws {
        var parser = HeadParser(limit: 1000)
        _ = try read(["HTTP/2 200", ""], into: &parser)
        _ = try Array("etag: z\r\nserver: y\r\n".utf8).withUnsafeBytes { try parser.read($0) }
        #expect(parser.trailers == [.eTag: "z", .server: "y"])
    }

    @Test func theLimitCountsAllLines() throws {
        var parser = HeadParser(limit: 40)
        _ = try read(["HTTP/1.1 200 OK", "A: 0123456789"], into: &parser)
        #expect(throws: HeadParser.Failure.tooLarge) { try read(["B: 0123456789"], into: &parser) }
    }
}
