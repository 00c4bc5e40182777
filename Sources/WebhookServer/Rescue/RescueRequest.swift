import HTTPTypes

/// What one request for a rescue copy asks for, before anything is looked at.
struct RescueRequest: Hashable {
    /// With its slash; nothing of it is decoded.
    var path: String
    var token: String
    var range: ByteRange?
    /// The tag that the copy has to have.
    var ifMatch: String?

    private static let longestPath = 1024

    init(_ head: HTTPRequest) throws(Refusal) {
        guard head.method == .get || head.method == .head else {
            throw .methodNotAllowed(head.method, allowed: "GET, HEAD")
        }
        guard head.headerFields[.transferEncoding] == nil, (head.headerFields[.contentLength] ?? "0") == "0" else {
            throw .badRequest("a body is of no use here")
        }
        path = head.path ?? ""
        guard path.utf8.count <= Self.longestPath else { throw .notGiven }
        let scheme = "Bearer "
        guard let authorization = head.headerFields[.authorization], authorization.hasPrefix(scheme) else {
            throw Refusal(
                code: .unauthorized, reason: "Unauthorized", message: "show the token of a member's pod, as Bearer")
        }
        token = String(authorization.dropFirst(scheme.count))
        // A HEAD is about the whole.
        range = head.method == .head ? nil : head.headerFields[.range].flatMap(ByteRange.init)
        ifMatch = head.headerFields[.ifMatch]
    }
}

/// `bytes=FROM-THROUGH` or `bytes=FROM-`. Anything else is none: a server may send the whole in place of what it does not
/// understand.
struct ByteRange: Hashable {
    var from: Int64
    var through: Int64?

    init?(_ text: String) {
        let unit = "bytes="
        guard text.hasPrefix(unit) else { return nil }
        let parts = text.dropFirst(unit.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = Self.number(parts[0]) else { return nil }
        self.from = from
        guard !parts[1].isEmpty else { return }
        guard let through = Self.number(parts[1]), through >= from else { return nil }
        self.through = through
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}

/// What is sent for a request of a copy that is given.
struct RescueResponse: Hashable {
    var head: HTTPResponse
    /// Of the file.
    var bytes: Range<Int64>

    init(to request: RescueRequest, of file: ServedFile) throws(Refusal) {
        let tag = "\"\(file.tag)\""
        if let expected = request.ifMatch, expected != tag {
            throw Refusal(code: .preconditionFailed, reason: "Conflict", message: "it is another copy now")
        }
        head = HTTPResponse(
            status: .ok, headerFields: [.contentType: "application/octet-stream", .eTag: tag, .acceptRanges: "bytes"])
        bytes = 0..<file.size
        if let range = request.range {
            guard range.from < file.size else {
                throw Refusal(
                    code: .rangeNotSatisfiable, reason: "BadRequest", message: "the copy has \(file.size) bytes")
            }
            let last = min(range.through ?? .max, file.size - 1)
            head.status = .partialContent
            head.headerFields[.contentRange] = "bytes \(range.from)-\(last)/\(file.size)"
            bytes = range.from..<(last + 1)
        }
        head.headerFields[.contentLength] = String(bytes.count)
    }
}
