package import FoundationEssentials
import Glibc

extension FileBackend {
    /// Pages begin behind the key that the page before ended with. Each walks the directories anew, and none of those that
    /// lie wholly before it.
    package func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage {
        try checkRoot()
        var walk = DirectoryWalk(root: root, after: page, limit: limit + 1)
        try walk.visit(prefix)
        let objects = walk.keys.compactMap { try? stat($0) }
        guard walk.keys.count > limit else { return ListPage(objects: objects, next: nil) }
        return ListPage(
            objects: objects.filter { $0.key != walk.keys[limit] }, next: walk.keys[limit - 1].text)
    }

    package func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload] {
        try checkRoot()
        var walk = DirectoryWalk(root: root, after: nil, limit: .max)
        walk.findsParts = true
        try walk.visit(prefix)
        var swept: [SweptUpload] = []
        for part in walk.keys {
            guard let object = try? stat(part), object.modified < time else { continue }
            guard unlink(path(part)) == 0 else { continue }
            swept.append(SweptUpload(key: part.text, began: object.modified))
        }
        return swept
    }
}

/// The files below a directory, in the order of their keys as bytes.
struct DirectoryWalk {
    let root: String
    let after: String?
    let limit: Int
    /// Of uploads that died, instead of objects.
    var findsParts = false
    private(set) var keys: [ObjectKey] = []

    init(root: String, after: String?, limit: Int) {
        self.root = root
        self.after = after
        self.limit = limit
    }

    mutating func visit(_ prefix: KeyPrefix) throws(StoreError) {
        guard let names = try names(in: prefix.text) else {
            throw .file("\(root)/\(prefix)", doing: "list", reason: errorText(EACCES))
        }
        try visit(names, in: prefix.text)
    }

    /// `folder` is empty or ends with a slash.
    private mutating func visit(_ names: [String], in folder: String) throws(StoreError) {
        for name in names {
            guard keys.count < limit else { return }
            let key = folder + name
            if name.hasSuffix("/") {
                // A directory that lies before the page altogether is not opened.
                if let after, !after.utf8.starts(with: key.utf8), key.utf8.lexicographicallyPrecedes(after.utf8) {
                    continue
                }
                // What is not for us, as a volume's `lost+found`, holds nothing of ours.
                if let names = try self.names(in: key) { try visit(names, in: key) }
            } else if isWanted(name), after.map({ $0.utf8.lexicographicallyPrecedes(key.utf8) }) ?? true {
                keys.append(ObjectKey(trusted: key))
            }
        }
    }

    private func isWanted(_ name: String) -> Bool {
        let isPart = name.hasPrefix(".") && name.hasSuffix(NewFile.partSuffix)
        return findsParts ? isPart : !isPart && !name.hasSuffix(FileBackend.recordSuffix)
    }

    /// Files, and directories with a slash, sorted as their keys sort; `nil` where they may not be read.
    private func names(in folder: String) throws(StoreError) -> [String]? {
        let path = "\(root)/\(folder)"
        guard let directory = opendir(path) else {
            guard errno != ENOENT, errno != ENOTDIR else { return [] }
            guard errno != EACCES else { return nil }
            throw .file(path, doing: "list", reason: errorText(errno))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard lstat(path + name, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: names.append(name + "/")
            case S_IFREG: names.append(name)
            default: break
            }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
