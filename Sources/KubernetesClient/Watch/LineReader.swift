/// Cuts a stream of bytes into lines, holding at most one line of `limit` bytes and one chunk.
struct LineReader<Chunks: AsyncIteratorProtocol> where Chunks.Element == [UInt8] {
    struct LineTooLong: Error, Equatable {
        var limit: Int
    }

    private var chunks: Chunks
    private var chunk: [UInt8] = []
    private var position = 0
    private let limit: Int

    init(_ chunks: Chunks, limit: Int) {
        self.chunks = chunks
        self.limit = limit
    }

    /// The next line without its end, empty lines left out; nil at the end of the stream. A last line without an end
    /// counts only when the stream ended in order.
    mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if position == chunk.count {
                guard let next = try await chunks.next(isolation: isolation) else { return line.isEmpty ? nil : line }
                chunk = next
                position = 0
                continue
            }
            let rest = chunk[position...]
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            guard line.count + (end ?? chunk.count) - position <= limit else { throw LineTooLong(limit: limit) }
            line += rest[..<(end ?? chunk.count)]
            position = end.map { $0 + 1 } ?? chunk.count
            if end != nil, !line.isEmpty { return line }
        }
    }
}
