import Cryptography

/// A source of chunks that are known beforehand, or that ends in an error.
struct Chunks: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let count: Int
    let chunk: @Sendable (Int) async throws -> [UInt8]

    struct Iterator: AsyncIteratorProtocol {
        let chunks: Chunks
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            guard index < chunks.count else { return nil }
            defer { index += 1 }
            return try await chunks.chunk(index)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(chunks: self) }

    init(count: Int, chunk: @escaping @Sendable (Int) async throws -> [UInt8]) {
        self.count = count
        self.chunk = chunk
    }

    init(_ bytes: [UInt8], by size: Int = 64 << 10) {
        self.init(count: (bytes.count + size - 1) / size) { index in
            Array(bytes[(index * size)..<Swift.min((index + 1) * size, bytes.count)])
        }
    }

    struct Broken: Error {}

    /// `bytes`, then an error.
    static func breaking(after bytes: [UInt8]) -> Chunks {
        let sound = Chunks(bytes)
        return Chunks(count: sound.count + 1) { index in
            guard index < sound.count else { throw Broken() }
            return try await sound.chunk(index)
        }
    }
}

/// Bytes that repeat nowhere, the same for the same seed.
func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var bytes = [UInt8](repeating: 0, count: (count + 7) / 8 * 8)
    bytes.withUnsafeMutableBytes { raw in
        for offset in stride(from: 0, to: raw.count, by: 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            raw.storeBytes(of: state, toByteOffset: offset, as: UInt64.self)
        }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
}
