import Glibc

/// A file that no name leads to, so that nothing of it is left however the program ends. Open to its owner only.
final class UnnamedFile: Sendable {
    let descriptor: Int32
    /// Where this process finds it, while this is held.
    var path: String { "/proc/self/fd/\(descriptor)" }

    private let directory: String

    /// Throws when `size` bytes do not fit into `directory`. `hint` says how another is named.
    init(in directory: String, size: Int64, hint: String) throws(CommandFailure) {
        self.directory = directory
        var template = Array("\(directory)/.etcdrecover-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "cannot make a file in \(directory): \(String(cString: strerror(errno)))",
                hint: hint)
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var system = statvfs()
        guard fstatvfs(descriptor, &system) == 0 else { return }
        let (free, overflow) = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        guard overflow || free >= UInt64(max(0, size)) else {
            throw CommandFailure(
                "\(size.binarySize)B are needed and only \(Int64(clamping: free).binarySize)B are free in \(directory)",
                hint: hint)
        }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw CommandFailure(
                    "cannot keep what was downloaded in \(directory): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(written)
        }
    }
}
