import Glibc

/// A regular file, mapped read-only whole. Unmapped with the last reference.
///
/// Should another process shorten the file meanwhile, reading past its new end ends this process (SIGBUS). etcd never
/// shortens its database, and the shared lock taken here keeps out every process that honours bbolt's.
package final class MappedFile: Sendable {
    package let path: String
    package let bytes: Bytes
    private let descriptor: Int32?

    package enum Access: Sendable {
        /// In order, nearly all of it: the kernel reads far ahead.
        case sequential
        /// Here and there.
        case random
    }

    /// - Parameter readingLocked: go on when another process holds the exclusive lock, as a running etcd does. What is
    ///   read then may change underneath: page by page it is whole only by luck.
    package init(path: String, readingLocked: Bool = false) throws(MappingError) {
        let descriptor = try Self.open(path)
        do throws(MappingError) {
            let size = try Self.size(of: descriptor, path)
            try Self.lock(descriptor, path, readingLocked: readingLocked)
            guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
                throw MappingError.failed(path, doing: "map", errno: errno)
            }
            self.path = path
            self.descriptor = descriptor
            bytes = Bytes(start: UnsafeRawPointer(start), count: size)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A copy of `content` in memory, read as if it were a file. Throws when it is empty.
    package init(copying content: [UInt8], path: String = "memory") throws(MappingError) {
        guard !content.isEmpty else { throw .empty(path) }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: content.count, alignment: 16)
        content.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count) }
        self.path = path
        descriptor = nil
        bytes = Bytes(start: UnsafeRawPointer(copy), count: content.count)
    }

    deinit {
        let start = UnsafeMutableRawPointer(mutating: bytes.start)
        if let descriptor {
            munmap(start, bytes.count)
            close(descriptor)  // gives the lock back
        } else {
            start.deallocate()
        }
    }

    /// Tells the kernel how the file will be read.
    package func expect(_ access: Access) {
        guard descriptor != nil else { return }
        let advice =
            switch access {
            case .sequential: MADV_SEQUENTIAL
            case .random: MADV_RANDOM
            }
        madvise(UnsafeMutableRawPointer(mutating: bytes.start), bytes.count, advice)
    }

    /// Gives the memory back that what was read so far takes in this process. The file's pages stay with the kernel, which
    /// maps them again when they are read again.
    package func releaseMemory() {
        guard descriptor != nil else { return }
        madvise(UnsafeMutableRawPointer(mutating: bytes.start), bytes.count, MADV_DONTNEED)
    }

    private static func open(_ path: String) throws(MappingError) -> Int32 {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .notFound(path) : .failed(path, doing: "open", errno: errno)
        }
        return descriptor
    }

    private static func size(of descriptor: Int32, _ path: String) throws(MappingError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(path, doing: "examine", errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .directory(path)
        default: throw .notRegular(path)
        }
        guard status.st_size > 0 else { throw .empty(path) }
        return Int(status.st_size)
    }

    /// The lock bbolt's readers take. File systems without locks are read without.
    private static func lock(_ descriptor: Int32, _ path: String, readingLocked: Bool) throws(MappingError) {
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK, !readingLocked else { return }
        throw .locked(path)
    }
}
