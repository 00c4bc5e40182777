package import Cryptography
import FoundationEssentials
import Synchronization

/// What an upload's source gave, once it has ended and the store has all of it.
package struct UploadedBytes: Hashable, Sendable {
    package var count: Int64
    package var sha256: Digest
    /// The last 32 bytes, which etcd's snapshots have for the SHA-256 of all before them.
    package var trailer: [UInt8]
    package var sha256BeforeTrailer: Digest
    package var endsInItsSHA256: Bool { sha256BeforeTrailer.bytes == trailer }
}

extension ObjectStore {
    /// Streams `source` into a new object, in a few parts of memory.
    ///
    /// The object comes to be only when the source has ended and `seal` has then said what else is known of it; a source or
    /// a `seal` that throws leaves nothing behind, as does cancellation. Throws `StoreError.exists` when there is such an
    /// object. `length`, where known, may be wrong: parts are only chosen by it. `progress` is called with the bytes read
    /// so far.
    ///
    /// Tidying up after a failure ends with `limits.grace`. Where the store may have kept parts then (unseen; `sweep` ends
    /// them), `leavesParts` is told why, before this throws. An upload that was cancelled at its very end may have brought
    /// the object about, whole.
    package func put<Source: AsyncSequence<[UInt8], any Error> & Sendable>(
        _ source: Source, at key: ObjectKey, length: Int64? = nil, metadata: ObjectMetadata = ObjectMetadata(),
        progress: @escaping @Sendable (Int64) -> Void = { _ in },
        leavesParts: @escaping @Sendable (_ reason: String) -> Void = { _ in },
        seal: @escaping @Sendable (UploadedBytes) async throws -> ObjectMetadata
    ) async throws -> PutReceipt {
        try ObjectRecord.check(key)
        var metadata = metadata
        metadata.upload = randomName()
        let run = UploadRun(
            store: self, source: source, key: key, layout: backend.layout(forBytes: length), metadata: metadata,
            progress: progress, leavesParts: leavesParts, seal: seal)
        guard let limit = limits.sourceDuration else { return try await run() }
        return try await withThrowingTaskGroup(of: PutReceipt?.self) { group in
            group.addTask { try await run() }
            group.addTask {
                try await clock.sleep(limit)
                guard run.hasSourceEnded.withLock({ $0 }) else {
                    throw StoreError.sourceTooSlow(uri(key), limit: limit)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}

/// One upload, from its source's first chunk to its receipt.
private final class UploadRun<Source: AsyncSequence<[UInt8], any Error> & Sendable>: Sendable {
    let store: ObjectStore
    let source: Source
    let key: ObjectKey
    let layout: PartLayout
    let metadata: ObjectMetadata
    let progress: @Sendable (Int64) -> Void
    let leavesParts: @Sendable (String) -> Void
    let seal: @Sendable (UploadedBytes) async throws -> ObjectMetadata
    let hasSourceEnded = Mutex(false)
    private let grace: Grace

    init(
        store: ObjectStore, source: Source, key: ObjectKey, layout: PartLayout, metadata: ObjectMetadata,
        progress: @escaping @Sendable (Int64) -> Void, leavesParts: @escaping @Sendable (String) -> Void,
        seal: @escaping @Sendable (UploadedBytes) async throws -> ObjectMetadata
    ) {
        self.store = store
        self.source = source
        self.key = key
        self.layout = layout
        self.metadata = metadata
        self.progress = progress
        self.leavesParts = leavesParts
        self.seal = seal
        grace = Grace(store.limits.grace)
    }

    func callAsFunction() async throws -> PutReceipt {
        let reader = try SourceReader(source.makeAsyncIterator(), layout, store, progress)
        var part: SourceReader<Source.AsyncIterator>.Part? = try await read(from: reader)
        if let only = part, only.isLast, let bytes = only.body.bytes {
            part = nil
            let whole = metadata.merging(try await sealed(reader))
            return try await grace.run { [store, key] in try await store.backend.put(bytes, at: key, whole) }
        }
        let upload = try await store.backend.begin(key, metadata)
        do {
            let receipts = try await sendParts(&part, of: reader, through: upload)
            let whole = metadata.merging(try await sealed(reader))
            return try await grace.run { try await upload.complete(receipts, whole) }
        } catch {
            // A part that cannot be removed now is left to the sweep: what went wrong first is what matters.
            await tidyUp(upload)
            throw error
        }
    }

    private func tidyUp(_ upload: any PartUpload) async {
        grace.begin()
        do { try await grace.run { try await upload.abort() } } catch is CancellationError {
            leavesParts("the store did not answer within \(store.limits.grace)")
        } catch {
            leavesParts("\(error)")
        }
    }

    private func read(
        from reader: SourceReader<Source.AsyncIterator>
    ) async throws -> SourceReader<Source.AsyncIterator>.Part {
        let part = try await reader.nextPart()
        if part.isLast { hasSourceEnded.withLock { $0 = true } }
        return part
    }

    private func sendParts(
        _ part: inout SourceReader<Source.AsyncIterator>.Part?, of reader: SourceReader<Source.AsyncIterator>,
        through upload: any PartUpload
    ) async throws -> [PartReceipt] {
        var next = part.take()
        return try await withThrowingTaskGroup(of: PartReceipt.self) { group in
            var receipts: [PartReceipt] = []
            var number = 0
            while let isLast = next?.isLast {
                number += 1
                while number - 1 - receipts.count >= layout.inFlight(atPart: number),
                    let receipt = try await group.next()
                {
                    receipts.append(receipt)
                }
                // Nothing else holds the part from here on: its memory goes back when it is sent, which may be what the
                // next one waits for.
                group.addTask { [number, part = next.take()] in
                    try await upload.send(part?.body ?? .bytes([]), number: number, isLast: isLast)
                }
                if !isLast { next = try await read(from: reader) }
            }
            for try await receipt in group { receipts.append(receipt) }
            return receipts.sorted { $0.number < $1.number }
        }
    }

    private func sealed(_ reader: SourceReader<Source.AsyncIterator>) async throws -> ObjectMetadata {
        let bytes = try reader.finish()
        var known = try await seal(bytes)
        known.sha256 = bytes.sha256.description
        try Task.checkCancellation()
        return known
    }
}

/// 16 hexadecimal digits, never the same twice.
func randomName() -> String {
    withUnsafeBytes(of: UInt64.random(in: 0 ... .max)) { $0.hexadecimal }
}
