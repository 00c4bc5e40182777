import Glibc

/// Why a file could not be read, in the system's words.
struct FileError: Error {
    var reason: String
}

/// The whole of a file of up to `limit` bytes, or of a pipe that is written and closed within `patience`.
func readFile(
    _ path: String, limit: Int = Limits.file, patience: Duration = Limits.pipe
) throws(FileError) -> [UInt8] {
    let end = ContinuousClock.now + patience
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(reason: lastError()) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        // A pipe, as of `<(…)` in a shell, reads as empty before its writer has come.
        guard waitForBytes(descriptor, until: end) else {
            throw FileError(reason: "it is not whole after \(patience)")
        }
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 {
            if errno == EINTR || errno == EAGAIN { continue }
            throw FileError(reason: lastError())
        }
        if count == 0 { return bytes }
        guard bytes.count + count <= limit else { throw FileError(reason: "larger than \(limit) bytes") }
        bytes += buffer[..<count]
    }
}

/// Until there is something to read, or the end; false when neither comes in time. A regular file never waits.
private func waitForBytes(_ descriptor: Int32, until end: ContinuousClock.Instant) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
        let left = (end - ContinuousClock.now) / .milliseconds(1)
        let ready = poll(&wait, 1, Int32(max(0, min(left.rounded(.up), 60_000))))
        if ready > 0 { return true }
        if left <= 0 { return false }
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
