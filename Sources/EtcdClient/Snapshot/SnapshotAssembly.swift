import Cryptography

/// Puts the database together out of what arrives, and judges the whole.
struct SnapshotAssembly: ~Copyable {
    static let digestBytes = 32

    private let endpoint: EtcdEndpoint
    private let databaseBytes: Int
    private var frames: SnapshotFrames
    /// What was read to learn the size, not handed out yet.
    private var ready: [UInt8]
    private var handedOut = 0
    /// `nil` where the reader compares the digest.
    private var stream: DigestStream?
    /// What came after the database.
    private var trailer: [UInt8] = []
    /// Of the database, if it was to be checked; once the whole was found good.
    private(set) var result: Digest?
    private(set) var isDone = false

    init(
        frames: SnapshotFrames, databaseBytes: Int, ready: [UInt8], endpoint: EtcdEndpoint, checksDigest: Bool = true
    ) throws {
        self.endpoint = endpoint
        self.databaseBytes = databaseBytes
        self.frames = frames
        self.ready = ready
        stream = checksDigest ? try DigestStream(.sha256) : nil
    }

    mutating func takeReady() throws(SnapshotStreamError) -> [UInt8]? {
        guard !ready.isEmpty else { return nil }
        var blobs: [UInt8] = []
        swap(&blobs, &ready)
        try account(&blobs)
        return blobs.isEmpty ? nil : blobs
    }

    /// Leaves of a chunk of frames the database's bytes.
    mutating func take(_ chunk: inout [UInt8]) throws {
        try frames.takeBlobs(of: &chunk)
        try account(&chunk)
    }

    /// Keeps back what is beyond the database; digests the rest.
    private mutating func account(_ blobs: inout [UInt8]) throws(SnapshotStreamError) {
        let excess = min(blobs.count, max(0, handedOut + blobs.count - databaseBytes))
        if excess > 0 {
            trailer += blobs.suffix(excess)
            blobs.removeLast(excess)
            guard trailer.count <= Self.digestBytes else { throw .tooLong(endpoint, expected: databaseBytes) }
        }
        stream?.update(blobs)
        handedOut += blobs.count
    }

    /// The digest as the member gave it, when everything fits.
    mutating func finish() throws -> [UInt8] {
        guard frames.isAtBoundary else { throw FrameError.truncated }
        guard handedOut == databaseBytes else {
            throw SnapshotStreamError.endedEarly(endpoint, received: handedOut, expected: databaseBytes)
        }
        guard trailer.count == Self.digestBytes else { throw SnapshotStreamError.noDigest(endpoint) }
        if let actual = stream.take()?.finalize() {
            guard actual.bytes == trailer else {
                throw SnapshotStreamError.digestMismatch(
                    endpoint, announced: trailer.hexadecimal, actual: actual.description)
            }
            result = actual
        }
        isDone = true
        return trailer
    }
}
