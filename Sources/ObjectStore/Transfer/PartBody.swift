import Cryptography
import Glibc
import HTTP

/// The bytes of one part, kept until the store has acknowledged them: they can be sent again.
package enum PartBody: Sendable {
    case bytes([UInt8])
    case buffer(PartBuffer)
    case file(SpoolFile)

    package var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .buffer(let buffer): buffer.bytes.count
        case .file(let file): file.count
        }
    }

    /// Nil where they are not in memory.
    var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .buffer(let buffer): buffer.bytes
        case .file: nil
        }
    }

    /// The bytes from `offset` on, as a request sends them.
    func requestBody(from offset: Int = 0, count: Int? = nil) -> RequestBody {
        let end = offset + (count ?? self.count - offset)
        switch self {
        case .bytes(let bytes): return Self.requestBody(bytes, offset..<end)
        case .buffer(let buffer): return Self.requestBody(buffer.bytes, offset..<end)
        case .file(let file):
            return .stream(length: Int64(end - offset), SpoolReader(file: file, from: offset, to: end))
        }
    }

    private static func requestBody(_ bytes: [UInt8], _ range: Range<Int>) -> RequestBody {
        .bytes(range == bytes.indices ? bytes : Array(bytes[range]))
    }

    func digest(_ algorithm: DigestAlgorithm) throws -> Digest {
        switch self {
        case .bytes(let bytes): return try Digest.of(bytes, with: algorithm)
        case .buffer(let buffer): return try Digest.of(buffer.bytes, with: algorithm)
        case .file(let file):
            var stream = try DigestStream(algorithm)
            var offset = 0
            while offset < file.count {
                let chunk = try file.read(at: offset, upTo: 1 << 20)
                stream.update(chunk)
                offset += chunk.count
            }
            return stream.finalize()
        }
    }
}

/// A temporary file that has no name, and so ends with the last reference. Written by one owner, then read by many.
package final class SpoolFile: Sendable {
    private let descriptor: Int32
    let count: Int

    fileprivate init(descriptor: Int32, count: Int) {
        self.descriptor = descriptor
        self.count = count
    }

    deinit { close(descriptor) }

    /// At least a byte.
    func read(at offset: Int, upTo limit: Int) throws(StoreError) -> [UInt8] {
        let wanted = min(limit, count - offset)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
            let got = pread(descriptor, buffer.baseAddress, wanted, offset)
            if got < 0 { failure = errno }
            initialized = max(0, got)
        }
        guard !bytes.isEmpty else {
            throw .file(
                "a temporary file", doing: "read", reason: failure == 0 ? "it is cut short" : errorText(failure))
        }
        return bytes
    }
}

struct SpoolWriter: ~Copyable {
    private var descriptor: Int32
    private(set) var count = 0

    init() throws(StoreError) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(folder)/etcdrecover-\(randomName())"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(folder, doing: "make a temporary file in", reason: errorText(errno)) }
        unlink(path)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    mutating func append(_ bytes: ArraySlice<UInt8>) throws(StoreError) {
        try writeAll(bytes, to: descriptor, path: "a temporary file")
        count += bytes.count
    }

    consuming func finish() -> SpoolFile {
        let file = SpoolFile(descriptor: descriptor, count: count)
        descriptor = -1
        return file
    }
}

/// Reads part of a spooled file in chunks, each time anew.
struct SpoolReader: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    let file: SpoolFile
    let from: Int
    let to: Int

    struct Iterator: AsyncIteratorProtocol {
        let file: SpoolFile
        var offset: Int
        let end: Int

        mutating func next() async throws -> [UInt8]? { try nextChunk() }

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            try nextChunk()
        }

        private mutating func nextChunk() throws -> [UInt8]? {
            guard offset < end else { return nil }
            let chunk = try file.read(at: offset, upTo: Swift.min(256 << 10, end - offset))
            offset += chunk.count
            return chunk
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(file: file, offset: from, end: to) }
}

func errorText(_ number: Int32) -> String { String(cString: strerror(number)).lowercased() }

func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String) throws(StoreError) {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            write(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .file(path, doing: "write", reason: errorText(count < 0 ? errno : ENOSPC)) }
        done += count
    }
}
