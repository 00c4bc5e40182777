import Glibc

/// A file on its way: `FILE.part`, open to its owner only, which gets its name when it is whole and on disk.
///
/// The part is locked for as long as it is written. One that an interrupted save left behind is locked by nobody, and is
/// taken over; one that another save is writing is left alone.
final class SnapshotSavePart: Sendable {
    /// Bytes that are handed to the kernel before the disk is told to begin with them, so that the last sync has little to do.
    private static let writeBehind: Int64 = 8 << 20

    let path: String
    let partPath: String
    let overwrites: Bool
    /// An interrupted save had left a part.
    let tookOver: Bool
    let descriptor: Int32

    /// Throws when `path` is taken, unless it may be overwritten.
    init(_ path: String, overwrites: Bool) throws(CommandFailure) {
        self.path = path
        self.overwrites = overwrites
        partPath = path + ".part"
        try Self.check(path, overwrites: overwrites)
        (descriptor, tookOver) = try Self.open(partPath)
    }

    deinit { close(descriptor) }

    private static func check(_ path: String, overwrites: Bool) throws(CommandFailure) {
        guard !path.isEmpty, !path.hasSuffix("/") else {
            throw CommandFailure("\"\(path)\" is no name for a file", status: .usage)
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw CommandFailure("\(path) is a directory: name the file in it", status: .usage)
        }
        guard overwrites else { throw taken(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure("\(path) is no regular file; use - for a pipe or a device behind the standard output")
        }
    }

    private static func taken(_ path: String) -> CommandFailure {
        CommandFailure("\(path) exists", hint: "give another name, or --overwrite")
    }

    private static func open(_ path: String) throws(CommandFailure) -> (Int32, tookOver: Bool) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        var descriptor = Glibc.open(path, flags | O_EXCL, 0o600)
        let isNew = descriptor >= 0
        if !isNew, errno == EEXIST { descriptor = Glibc.open(path, flags | O_NONBLOCK, 0o600) }
        guard descriptor >= 0 else {
            let reason = errno
            throw reason == ENOENT
                ? CommandFailure("the directory \(folder(of: path)) does not exist", hint: "make it, or name another")
                : CommandFailure("cannot write \(path): \(String(cString: strerror(reason)))")
        }
        var opened = stat()
        var named = stat()
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        // The save that held it may just have given the file its name, or removed it.
        let isThere = fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
        guard isLocked, isThere else {
            close(descriptor)
            throw CommandFailure("another save is writing \(path)", hint: "wait for it, or give another name")
        }
        guard isNew || (opened.st_mode & S_IFMT == S_IFREG && opened.st_uid == geteuid() && opened.st_nlink == 1) else {
            close(descriptor)
            throw CommandFailure("\(path) is there and is not a part that a save of yours left", hint: "move it away")
        }
        guard isNew || (ftruncate(descriptor, 0) == 0 && fchmod(descriptor, 0o600) == 0) else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw CommandFailure("cannot take over \(path): \(reason)")
        }
        return (descriptor, !isNew)
    }

    /// Throws when `size` bytes more do not fit.
    func requireSpace(for size: Int64) throws(CommandFailure) {
        var system = statvfs()
        guard fstatvfs(descriptor, &system) == 0 else { return }
        let (free, overflow) = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        guard overflow || free >= UInt64(max(0, size)) else {
            throw CommandFailure(
                "the snapshot has \(size.binarySize)B and only \(Int64(clamping: free).binarySize)B are free where \(path) is to go"
            )
        }
    }

    /// Writes all of `bytes` at the end, which is `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw CommandFailure("cannot write \(partPath): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(written)
        }
        let end = offset + Int64(bytes.count)
        let start = offset / Self.writeBehind * Self.writeBehind
        if end - start >= Self.writeBehind {
            // Has Linux begin with what is not on disk yet, without waiting for it.
            _ = posix_fadvise(descriptor, Int(start), Int(end - start), POSIX_FADV_DONTNEED)
        }
    }

    /// Until the disk has it all.
    func sync() throws(CommandFailure) {
        while fsync(descriptor) != 0 {
            guard errno == EINTR else {
                throw CommandFailure("cannot bring \(partPath) to disk: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Gives the synced part its name. When that was taken in the meantime, the part stays, whole as it is.
    func publish() throws(CommandFailure) {
        let isNamed = overwrites ? rename(partPath, path) == 0 : renameUnlessTaken(path)
        guard isNamed else {
            let reason = errno == EEXIST ? "\(path) was made meanwhile" : String(cString: strerror(errno))
            throw CommandFailure(
                "the snapshot is complete, but could not get its name: \(reason)", hint: "it stays as \(partPath)")
        }
        syncDirectory()
    }

    /// Gives the synced part, a copy of a damaged database, a name that says so: `FILE.damaged`, or the first of
    /// `FILE.damaged-1`, `FILE.damaged-2`, … that is free. No file is replaced. Returns the name, which is still that of the
    /// part where no other could be had.
    func publishDamaged() -> String {
        for number in 0..<1000 {
            let name = path + ".damaged" + (number == 0 ? "" : "-\(number)")
            if renameUnlessTaken(name) {
                syncDirectory()
                return name
            }
            guard errno == EEXIST else { break }
        }
        return partPath
    }

    /// A link never takes a name that is taken. Where the file system knows no links, a look before the renaming must do.
    private func renameUnlessTaken(_ path: String) -> Bool {
        if link(partPath, path) == 0 {
            unlink(partPath)
            return true
        }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { return false }
        var status = stat()
        guard lstat(path, &status) != 0 else {
            errno = EEXIST
            return false
        }
        return rename(partPath, path) == 0
    }

    private func syncDirectory() {
        let directory = Glibc.open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    func remove() { unlink(partPath) }
}
