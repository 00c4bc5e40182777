import FoundationEssentials
import Glibc

/// A directory of one test, for its eyes only, removed with the last reference.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        path = "\(FileManager.default.temporaryDirectory.path)/etcdrecover-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, readable by its owner only, under its final name at once. Returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let file = path(of: name)
        try Data(text.utf8).write(to: URL(filePath: "\(file).new"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(file).new")
        guard rename("\(file).new", file) == 0 else { throw MissingPart("cannot write \(file): errno \(errno)") }
        return file
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(of: name))), as: UTF8.self)
    }
}
