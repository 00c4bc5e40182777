/// Why a write-ahead log cannot be read.
package enum WALError: Error, Hashable, Sendable, CustomStringConvertible {
    case noFiles(directory: String)
    case unreadable(directory: String, errno: String)
    /// The log goes on in a file that is not there.
    case gap(before: String)
    case damaged(file: String, Finding)

    package var description: String {
        switch self {
        case .noFiles(let directory): "\(directory) has no write-ahead log: no file NUMBER-INDEX.wal"
        case .unreadable(let directory, let reason): "cannot list \(directory): \(reason)"
        case .gap(let name): "the write-ahead log lacks the file before \(name)"
        case .damaged(let file, let finding): "\(file): \(finding)"
        }
    }
}
