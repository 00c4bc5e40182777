package import Cryptography
import HTTP
import Synchronization

/// A snapshot on its way: the chunks, one after the other, are the file that etcd's tools know, the database followed by
/// the 32 bytes of its SHA-256.
///
/// Pulled by its one reader, with no more than a few hundred KiB in memory. The digest comes last, and only when the call
/// ended with status 0, the database has the size that the first message promised and the digest fits, unless that is
/// left to the reader; else the stream throws `SnapshotStreamError` or `EtcdError` in its place.
package final class SnapshotStream: AsyncSequence, AsyncIteratorProtocol, Sendable {
    package typealias Element = [UInt8]

    package let endpoint: EtcdEndpoint
    /// Bytes of the whole file, its digest included.
    package let totalBytes: Int64
    /// Of the data, from etcd 3.6 on.
    package let storageVersion: String?
    private let call: GRPCCall
    private let body: ResponseBody
    private let assembly: Mutex<SnapshotAssembly>

    /// Reads as far as the first message.
    init(_ body: ResponseBody, of call: GRPCCall, checksDigest: Bool) async throws {
        self.call = call
        self.body = body
        endpoint = call.endpoint
        var frames = SnapshotFrames()
        var ready: [UInt8] = []
        var chunks = body.makeAsyncIterator()
        while frames.progress.firstPromise == nil {
            guard var chunk = try await chunks.next() else {
                try call.checkEnd(body.trailers)
                throw SnapshotStreamError.endedEarly(endpoint, received: 0, expected: nil)
            }
            try frames.takeBlobs(of: &chunk)
            ready += chunk
        }
        guard let promised = frames.progress.firstPromise, let size = Int(exactly: promised),
            size <= Int.max - SnapshotAssembly.digestBytes
        else { throw FrameError.malformed }
        totalBytes = Int64(size + SnapshotAssembly.digestBytes)
        let version = String(decoding: frames.progress.version, as: UTF8.self)
        storageVersion = version.isEmpty ? nil : version
        assembly = Mutex(
            try SnapshotAssembly(
                frames: frames, databaseBytes: size, ready: ready, endpoint: endpoint, checksDigest: checksDigest))
    }

    /// SHA-256 of the database; `nil` until the stream has ended well, and where that was left to the reader.
    package var digest: Digest? { assembly.withLock { $0.result } }

    package func next() async throws -> [UInt8]? {
        try await next(isolation: nil)
    }

    package func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
        try await call.translating {
            if let ready = try assembly.withLock({ assembly throws(any Error) in try assembly.takeReady() }) {
                return ready
            }
            guard !assembly.withLock({ $0.isDone }) else { return nil }
            var chunks = body.makeAsyncIterator()
            // Nobody else has the chunk, so that what is left of it needs no copy.
            while var chunk = try await chunks.next(isolation: actor) {
                try assembly.withLock { assembly throws(any Error) in try assembly.take(&chunk) }
                if !chunk.isEmpty { return chunk }
            }
            try call.checkEnd(body.trailers)
            return try assembly.withLock { assembly throws(any Error) in try assembly.finish() }
        }
    }

    package func makeAsyncIterator() -> SnapshotStream { self }
}
