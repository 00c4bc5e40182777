import Cryptography
import FoundationEssentials

/// Reads an upload's source part by part, digests every byte once, and keeps the pace. Used by one task.
final class SourceReader<Chunks: AsyncIteratorProtocol<[UInt8], any Error>> {
    struct Part: Sendable {
        let body: PartBody
        let isLast: Bool
    }

    private var chunks: Chunks
    private var cutter: PartCutter
    private var digest: DigestStream?
    /// The last bytes read, up to as many as a SHA-256 has. Not digested yet: they may be the SHA-256 of the others.
    private var tail: [UInt8] = []
    private var rest: ArraySlice<UInt8> = []
    private var hasEnded = false
    private var count: Int64 = 0
    private var pacer: Pacer?
    private let memory: PartMemory
    private let clock: StoreClock
    private let start: Date
    private let progress: @Sendable (Int64) -> Void

    init(
        _ chunks: Chunks, _ layout: PartLayout, _ store: ObjectStore, _ progress: @escaping @Sendable (Int64) -> Void
    ) throws {
        self.chunks = chunks
        cutter = PartCutter(layout)
        digest = try DigestStream(.sha256)
        pacer = store.limits.bytesPerSecond.map { Pacer(bytesPerSecond: $0) }
        memory = store.memory
        clock = store.clock
        start = clock.now()
        self.progress = progress
        memory.begin()
    }

    deinit { memory.end() }

    /// Reads one part, and far enough to know whether it is the last. An empty source has one empty part.
    func nextPart() async throws -> Part {
        while true {
            if rest.isEmpty { try await readChunk() }
            guard !rest.isEmpty else { return Part(body: cutter.cut(), isLast: true) }
            if cutter.isFull { return Part(body: cutter.cut(), isLast: false) }
            if let size = cutter.wantedMemory { cutter.use(try await memory.lend(size)) }
            try cutter.fill(from: &rest)
        }
    }

    /// Leaves `rest` empty at the source's end.
    private func readChunk() async throws {
        while rest.isEmpty, !hasEnded {
            guard let chunk = try await chunks.next() else {
                hasEnded = true
                return
            }
            update(with: chunk)
            count += Int64(chunk.count)
            rest = chunk[...]
            progress(count)
            if let delay = pacer?.delay(after: chunk.count, at: .seconds(clock.now().timeIntervalSince(start))),
                delay > .zero
            {
                try await clock.sleep(delay)
            }
        }
    }

    private func update(with chunk: [UInt8]) {
        let kept = min(chunk.count, tailSize)
        digest?.update(Array(tail.dropLast(tailSize - kept)))
        digest?.update(chunk.span.extracting(droppingLast: kept).bytes)
        tail = tail.suffix(tailSize - kept) + chunk.suffix(kept)
    }

    private let tailSize = 32

    /// What was read in all; asked once, after the last part.
    func finish() throws -> UploadedBytes {
        guard var digest = digest.take() else {
            throw CryptographyError.failed("finishing a digest", reason: "it is finished already")
        }
        let beforeTrailer = try digest.current()
        digest.update(tail)
        return UploadedBytes(
            count: count, sha256: digest.finalize(), trailer: tail, sha256BeforeTrailer: beforeTrailer)
    }
}
