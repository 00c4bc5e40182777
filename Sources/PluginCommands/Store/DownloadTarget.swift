import Glibc

/// The file that a download is to become, looked at before a byte is asked for.
struct DownloadTarget {
    let path: String

    init(_ path: String) { self.path = path }

    private var folder: String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Throws where the name is taken, or cannot be given.
    func check() throws(CommandFailure) {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw CommandFailure("\(path) exists and is never replaced", hint: "give another name, or move it away")
            }
            throw CommandFailure("\(path) is a directory: name the file in it", status: .usage)
        }
        guard access(folder, F_OK) == 0 else {
            throw CommandFailure("the directory \(folder) does not exist", hint: "make it, or name another")
        }
    }

    func requireRoom(for bytes: Int64) throws(CommandFailure) {
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return }
        let (free, overflow) = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        guard overflow || free >= UInt64(max(0, bytes)) else {
            throw CommandFailure(
                "the object has \(bytes.binarySize)B and only \(Int64(clamping: free).binarySize)B are free in \(folder)",
                hint: "make room, or name another place")
        }
    }
}
