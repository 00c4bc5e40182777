import Glibc

/// Files and directories that are to last: each call throws `RestoreError.failed`, and each writer syncs.
enum Files {
    /// An open file, closed with the value.
    struct Descriptor: ~Copyable {
        let number: Int32
        let path: String

        init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(RestoreError) {
            number = open(path, flags | O_CLOEXEC, mode)
            self.path = path
            guard number >= 0 else {
                throw .failed(path, doing: flags & O_CREAT != 0 ? "create" : "open", errno: errno)
            }
        }

        deinit { close(number) }

        /// Writes all bytes at an offset.
        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(RestoreError) {
            var done = 0
            while done < bytes.count {
                let count = pwrite(number, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw .failed(path, doing: "write", errno: count < 0 ? errno : ENOSPC) }
                done += count
            }
        }

        func write(_ bytes: [UInt8], at offset: Int) throws(RestoreError) {
            try bytes.span.bytes.withUnsafeBytes { (buffer) throws(RestoreError) in try write(buffer, at: offset) }
        }

        func resize(to size: Int) throws(RestoreError) {
            guard ftruncate(number, size) == 0 else { throw .failed(path, doing: "resize", errno: errno) }
        }

        func synchronize() throws(RestoreError) {
            guard fsync(number) == 0 else { throw .failed(path, doing: "sync", errno: errno) }
        }

        /// False when somebody else has the lock.
        func lock() -> Bool { flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK }
    }

    static func makeDirectory(_ path: String) throws(RestoreError) {
        guard mkdir(path, 0o700) == 0 else { throw .failed(path, doing: "create", errno: errno) }
    }

    /// A new file with this content.
    static func write(_ bytes: [UInt8], to path: String) throws(RestoreError) {
        let file = try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL)
        try file.write(bytes, at: 0)
        try file.synchronize()
    }

    /// Makes the names in a directory last.
    static func synchronize(directory path: String) throws(RestoreError) {
        try Descriptor(path, O_RDONLY | O_DIRECTORY).synchronize()
    }

    static func rename(_ path: String, to other: String) throws(RestoreError) {
        guard Glibc.rename(path, other) == 0 else { throw .failed(other, doing: "rename \(path) to", errno: errno) }
    }

    /// Names in a directory, sorted; nil when there is no such directory.
    static func list(_ path: String) throws(RestoreError) -> [String]? {
        guard let listing = opendir(path) else {
            switch errno {
            case ENOENT: return nil
            case ENOTDIR: throw .notADirectory(path)
            default: throw .failed(path, doing: "list", errno: errno)
            }
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Removes a file, or a directory with all that is in it. What cannot be removed stays.
    static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in (try? list(path)) ?? [] { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// Bytes that a file or a directory occupies.
    static func size(_ path: String) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_blocks) * 512 }
        return ((try? list(path)) ?? []).reduce(0) { $0 + size("\(path)/\($1)") }
    }

    /// Bytes that an ordinary user can still write where `path` is, or would be.
    static func freeSpace(at path: String) throws(RestoreError) -> Int {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { throw .failed(path, doing: "examine", errno: errno) }
        let (bytes, overflow) = UInt(space.f_bavail).multipliedReportingOverflow(by: UInt(space.f_frsize))
        return overflow ? .max : Int(clamping: bytes)
    }
}
