import Glibc

/// Reads a file, a pipe or the standard input (`-`), to its end and no further than a limit.
enum FileBytes {
    /// The largest manifest that is read, in bytes.
    static let limit = 16 << 20

    struct Failure: Error, Hashable { var message: String }

    static func read(_ path: String, limit: Int = limit, standardInput: Int32 = STDIN_FILENO) throws(Failure) -> [UInt8]
    {
        if path == "-" { return try read(standardInput, limit: limit) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(message: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        return try read(descriptor, limit: limit)
    }

    private static func read(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(message: String(cString: strerror(errno))) }
        var bytes: [UInt8] = []
        // One more than the size, so that the end shows without another buffer.
        var part = status.st_mode & S_IFMT == S_IFREG ? max(1, min(Int(status.st_size), limit)) + 1 : 64 << 10
        while true {
            var failure: Int32 = 0
            let buffer = [UInt8](unsafeUninitializedCapacity: part) { buffer, count in
                let received = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                failure = received < 0 ? errno : 0
                count = max(0, received)
            }
            if failure == EINTR { continue }
            if failure != 0 { throw Failure(message: String(cString: strerror(failure))) }
            if buffer.isEmpty { return bytes }
            guard bytes.count + buffer.count <= limit else {
                throw Failure(message: "has more than \(limit) bytes, the limit for one file; split it")
            }
            if bytes.isEmpty { bytes = buffer } else { bytes += buffer }
            part = max(64 << 10, part - buffer.count)
        }
    }
}
