import Glibc

/// Why a file could not be read, in the system's words.
struct FileError: Error {
    var reason: String
}

/// The whole of a file of up to `limit` bytes.
func readFile(_ path: String, limit: Int = Limits.file) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(reason: lastError()) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 {
            if errno == EINTR { continue }
            // A pipe, as of `<(…)` in a shell, whose writer has yet to write.
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if errno == EAGAIN, poll(&wait, 1, 10_000) > 0 { continue }
            throw FileError(reason: lastError())
        }
        if count == 0 { return bytes }
        guard bytes.count + count <= limit else { throw FileError(reason: "larger than \(limit) bytes") }
        bytes += buffer[..<count]
    }
}

/// The same, nil when there is no such file.
func readFileIfPresent(_ path: String) throws(FileError) -> [UInt8]? {
    if access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR { return nil }
    return try readFile(path)
}

private func lastError() -> String {
    String(cString: strerror(errno)).lowercased()
}
