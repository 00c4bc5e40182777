import Cryptography
import Glibc

/// Copies the image of a database, and takes the SHA-256 of what arrived, on another core at the same time.
///
/// File systems that share blocks between files do that instead of copying. Memory does not grow with the file.
struct ImageCopy: ~Copyable {
    /// Bytes after which the digest and the progress are told.
    static let step = 8 << 20
    /// Bytes after which they are sent to the disk; each time, the file system's journal is written too.
    private static let syncStep = 64 << 20
    /// `FICLONE` of linux/fs.h: the destination becomes what the source is.
    private static let clone: UInt = 0x4004_9409

    let source: MappedFile
    let destination: Files.Descriptor
    /// In bytes; of the source, its beginning.
    let size: Int
    /// The source has become the destination: nothing is copied, what lies beyond the image is cut off.
    var isInPlace = false

    /// - Parameter progress: called with the bytes copied so far, on the calling thread.
    /// - Returns: the digest of the copy, where asked for.
    /// - Throws: `RestoreError`, or `CancellationError` soon after the task was cancelled.
    func run(digesting: Bool, progress: (Int) -> Void) throws -> Digest? {
        let isThere = if isInPlace { true } else { try cloneSource() }
        try destination.resize(to: size)
        let digest = digesting ? try FollowingDigest(destination, size: size) : nil
        var sync: FollowingSync?
        do {
            sync = try FollowingSync(destination)
            for start in stride(from: 0, to: size, by: Self.step) {
                try Task.checkCancellation()
                let count = min(Self.step, size - start)
                if !isThere { try copy(start, count) }
                digest?.advance()
                if (start + count) % Self.syncStep == 0 { sync?.advance() }
                progress(start + count)
            }
        } catch {
            digest?.abandon()
            try? sync?.finish()
            throw error
        }
        let result = Result { try digest?.finish() }
        try sync?.finish()
        return try result.get()
    }

    private func cloneSource() throws(RestoreError) -> Bool {
        let file = try Files.Descriptor(source.path, O_RDONLY)
        return ioctl(destination.number, Self.clone, file.number) == 0
    }

    /// The kernel reads the map: where the disk cannot, that is an error of the write and not the end of this process.
    private func copy(_ start: Int, _ count: Int) throws(RestoreError) {
        let part = UnsafeRawBufferPointer(start: source.bytes.start + start, count: count)
        do {
            try destination.write(part, at: start)
        } catch .failed(_, _, let code) where code == EFAULT {
            throw .failed(source.path, doing: "read", errno: EIO)
        }
    }
}
