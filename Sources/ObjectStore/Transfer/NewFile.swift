import Glibc
import Synchronization

/// A file that is written aside and appears under its name, which must be free, when it is kept. Else it goes with the
/// last reference.
final class NewFile: Sendable {
    let path: String
    let partPath: String
    private let descriptor: Int32
    private let isKept = Mutex(false)

    /// `attempt` sets the files of those apart who write the same name at the same time.
    init(_ path: String, attempt: String) throws(StoreError) {
        self.path = path
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        partPath = "\(path[..<slash]).\(path[slash...]).\(attempt)\(Self.partSuffix)"
        descriptor = open(partPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(partPath, doing: "create", reason: errorText(errno)) }
    }

    static let partSuffix = ".etcdrecover.part"

    deinit {
        if !isKept.withLock({ $0 }) { unlink(partPath) }
        close(descriptor)
    }

    /// Takes it away now. What is kept stays.
    func discard() {
        isKept.withLock { isKept in
            if !isKept { unlink(partPath) }
            isKept = true
        }
    }

    func append(_ bytes: ArraySlice<UInt8>) throws(StoreError) {
        try writeAll(bytes, to: descriptor, path: partPath)
    }

    func synchronize() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw .file(partPath, doing: "sync", reason: errorText(errno)) }
    }

    /// Syncs it and gives it its name. Throws `StoreError.exists` when the name is taken.
    func keep() throws(StoreError) {
        try synchronize()
        try rename()
        try synchronizeDirectory(of: path)
    }

    /// Gives it its name, which a link never takes from another file.
    func rename() throws(StoreError) {
        var failure = link(partPath, path) == 0 ? 0 : errno
        if failure == 0 {
            unlink(partPath)
        } else if [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(failure) {
            // File systems without hard links, as of some network shares.
            failure = access(path, F_OK) == 0 ? EEXIST : Glibc.rename(partPath, path) == 0 ? 0 : errno
        }
        guard failure != EEXIST else { throw .exists(path) }
        guard failure == 0 else { throw .file(path, doing: "create", reason: errorText(failure)) }
        isKept.withLock { $0 = true }
    }
}

func synchronizeDirectory(of path: String) throws(StoreError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(folder, doing: "open", reason: errorText(errno)) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .file(folder, doing: "sync", reason: errorText(errno)) }
}

/// The whole of a file of up to `limit` bytes.
func readSmallFile(_ path: String, limit: Int) throws(StoreError) -> [UInt8] {
    guard let bytes = try readFileIfThere(path, upTo: limit + 1) else {
        throw .file(path, doing: "open", reason: errorText(ENOENT))
    }
    guard bytes.count <= limit else { throw .file(path, doing: "read", reason: "it is larger than \(limit) bytes") }
    return bytes
}

/// The first `count` bytes of a file, or all of a shorter one; `nil` where there is none.
func readFileIfThere(_ path: String, upTo count: Int) throws(StoreError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        guard errno != ENOENT else { return nil }
        throw .file(path, doing: "open", reason: errorText(errno))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < count {
        let received = read(descriptor, &buffer, min(buffer.count, count - bytes.count))
        if received < 0, errno == EINTR { continue }
        guard received >= 0 else { throw .file(path, doing: "read", reason: errorText(errno)) }
        guard received > 0 else { break }
        bytes += buffer[..<received]
    }
    return bytes
}
