import HTTPTypes

/// Reads header and trailer sections line by line, interim responses passed over.
struct HeadParser {
    private(set) var trailers: HTTPFields = [:]
    private let limit: Int
    private var bytes = 0
    private var statusLine: (version: ResponseHead.Version, status: HTTPResponse.Status)?
    private var fields: HTTPFields = [:]
    private var isPastHead = false

    /// `limit`: bytes of all lines together.
    init(limit: Int) {
        self.limit = limit
    }

    enum Failure: Error {
        case tooLarge
        case malformed
    }

    /// Takes one line with its line break; returns the head when this line completes it.
    mutating func read(_ line: UnsafeRawBufferPointer) throws(Failure) -> ResponseHead? {
        bytes += line.count
        guard bytes <= limit else { throw .tooLarge }
        let text = String(decoding: line, as: UTF8.self)
        if isPastHead {
            // After a pause libcurl hands over in one piece what it had held back.
            for line in text.split(whereSeparator: \.isNewline) { append(line, to: &trailers) }
            return nil
        }
        if text.hasPrefix("HTTP/") {
            statusLine = try parseStatusLine(text)
            fields = [:]
        } else if text.allSatisfy(\.isNewline) {
            return complete()
        } else {
            append(text, to: &fields)
        }
        return nil
    }

    private mutating func complete() -> ResponseHead? {
        guard let (version, status) = statusLine, status.kind != .informational else { return nil }
        isPastHead = true
        return ResponseHead(version: version, status: status, headers: fields)
    }

    private func parseStatusLine(_ line: String) throws(Failure) -> (ResponseHead.Version, HTTPResponse.Status) {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count > 1, let code = Int(words[1]), (100...999).contains(code) else { throw .malformed }
        let reason = words.count > 2 ? String(words[2].filter { !$0.isNewline }) : ""
        let status = HTTPResponse.Status(code: code, reasonPhrase: reason)
        return (words[0].hasPrefix("HTTP/2") ? .http2 : .http1, status)
    }

    /// Lines that are no fields (an obsolete folding, a pseudo header) are dropped.
    private func append(_ line: some StringProtocol, to fields: inout HTTPFields) {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        guard let name = HTTPField.Name(String(line[..<colon])) else { return }
        let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        let end = value.lastIndex { !$0.isWhitespace }.map { value.index(after: $0) } ?? value.startIndex
        fields.append(HTTPField(name: name, value: String(value[..<end])))
    }
}
