import Glibc

/// Why a file cannot be read at all.
package enum MappingError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound(String)
    case directory(String)
    case notRegular(String)
    case empty(String)
    /// Another process holds bbolt's exclusive lock.
    case locked(String)
    case failed(String, doing: String, errno: Int32)

    package var description: String {
        switch self {
        case .notFound(let path): "\(path): there is no such file"
        case .directory(let path): "\(path) is a directory; name the file in it, in a data directory member/snap/db"
        case .notRegular(let path): "\(path) is not a regular file; copy its content to one first"
        case .empty(let path): "\(path) is empty"
        case .locked(let path):
            "\(path) is in use: another process, likely a running etcd, has it locked. "
                + "Take a snapshot through that etcd, or stop it first"
        case .failed(let path, let action, let code): "cannot \(action) \(path): \(String(cString: strerror(code)))"
        }
    }
}
