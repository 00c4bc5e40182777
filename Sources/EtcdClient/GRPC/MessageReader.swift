import HTTP

/// The length-prefixed messages of a response's body, one at a time and each no larger than the limit.
struct MessageReader {
    private let body: ResponseBody
    private let limit: Int
    private var frames = FrameBuffer()

    init(_ body: ResponseBody, limit: Int) {
        self.body = body
        self.limit = limit
    }

    /// `nil` at the body's end. Throws `HTTPError` or `FrameError`.
    mutating func next() async throws -> [UInt8]? {
        while true {
            if let message = try frames.next(limit: limit) { return message }
            var chunks = body.makeAsyncIterator()
            guard let chunk = try await chunks.next() else {
                guard frames.isEmpty else { throw FrameError.truncated }
                return nil
            }
            frames.append(chunk)
        }
    }
}

/// What is wrong with the frames of a response.
enum FrameError: Error, Equatable {
    case truncated
    case compressed
    case malformed
    case tooLarge(Int)
    case wrongCount(Int)

    var description: String {
        switch self {
        case .truncated: "the response ends within a message"
        case .compressed: "the response is compressed, which was not asked for"
        case .malformed: "the response has a message that does not decode"
        case .tooLarge(let size): "the response has a message of \(size) bytes, more than is accepted here"
        case .wrongCount(let count): "the response has \(count) messages where one was expected"
        }
    }
}

/// Bytes cut into messages: a flag for compression, four bytes of length, then the message.
struct FrameBuffer {
    static let prefix = 5
    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ chunk: [UInt8]) {
        if isEmpty {
            bytes = chunk
        } else {
            bytes.removeFirst(start)
            bytes += chunk
        }
        start = 0
    }

    /// `nil` while the next message is not whole.
    mutating func next(limit: Int) throws(FrameError) -> [UInt8]? {
        guard bytes.count - start >= Self.prefix else { return nil }
        guard bytes[start] == 0 else { throw .compressed }
        let length = bytes[(start + 1)..<(start + Self.prefix)].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw .tooLarge(length) }
        guard bytes.count - start - Self.prefix >= length else { return nil }
        start += Self.prefix
        defer { start += length }
        return Array(bytes[start..<(start + length)])
    }

    static func frame(_ message: [UInt8]) -> [UInt8] {
        [0] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
    }

    /// The message of a body that is to hold exactly one.
    static func single(in body: [UInt8], limit: Int) throws(FrameError) -> [UInt8] {
        var frames = FrameBuffer()
        frames.append(body)
        guard let message = try frames.next(limit: limit) else {
            throw body.isEmpty ? .wrongCount(0) : .truncated
        }
        guard frames.isEmpty else { throw .wrongCount(2) }
        return message
    }
}
