import Glibc

/// An absolute path without symbolic links, dots or doubled slashes, whether or not something is there.
struct FilePath: Hashable, Sendable {
    let text: String

    /// Throws when a path leads on through `..` from something that does not exist.
    init(resolving given: String) throws(RestoreError) {
        var existing = given.isEmpty ? "." : given
        var missing: [Substring] = []
        while true {
            if let real = realpath(existing, nil) {
                defer { free(real) }
                let base = String(cString: real)
                text = missing.reversed().reduce(base) { $0 == "/" ? "/\($1)" : "\($0)/\($1)" }
                return
            }
            guard errno == ENOENT || errno == ENOTDIR else { throw .failed(given, doing: "resolve", errno: errno) }
            let parts = existing.split(separator: "/")
            guard let last = parts.last, last != ".." else { throw .failed(given, doing: "resolve", errno: ENOENT) }
            if last != "." { missing.append(last) }
            let parent = parts.dropLast().joined(separator: "/")
            existing = existing.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
        }
    }

    var name: String { String(text.split(separator: "/").last ?? "") }
    var parent: String {
        let parent = text.split(separator: "/").dropLast().joined(separator: "/")
        return "/" + parent
    }

    func appending(_ name: String) -> FilePath { FilePath(text: text == "/" ? "/\(name)" : "\(text)/\(name)") }

    private init(text: String) { self.text = text }

    /// Of what is or holds it in `folder`; nil where it lies elsewhere.
    func name(in folder: FilePath) -> String? {
        guard self != folder, folder.contains(self) else { return nil }
        return text.split(separator: "/").dropFirst(folder.text.split(separator: "/").count).first.map(String.init)
    }

    /// Whether `other` is this or lies in it.
    func contains(_ other: FilePath) -> Bool { text == "/" || other == self || other.text.hasPrefix(text + "/") }
}
