import EtcdRecoverModel
import FoundationEssentials
import Glibc

/// Which files a command's `-f` arguments mean.
enum ManifestFiles {
    /// How many files one run reads at most.
    static let limit = 100_000

    /// The files in the order of the arguments, each directory's sorted by path; a file named twice counts once. In a
    /// directory these are the `.yaml`, `.yml` and `.json` files, those of hidden directories left out. Symbolic links
    /// are followed; a loop of them is entered once.
    static func find(
        _ arguments: [String], recursive: Bool
    ) -> (files: [String], findings: [LocatedFinding]) {
        var search = Search(recursive: recursive)
        for argument in arguments { search.add(argument) }
        return (search.files, search.findings)
    }

    /// Reports name files as version control does.
    static func reportedName(of argument: String) -> String {
        argument.hasPrefix("./") && argument.count > 2 ? String(argument.dropFirst(2)) : argument
    }

    private struct Search {
        let recursive: Bool
        var files: [String] = []
        var findings: [LocatedFinding] = []
        private var known: Set<String> = []
        private var visited: Set<FileIdentity> = []

        init(recursive: Bool) { self.recursive = recursive }

        mutating func add(_ argument: String) {
            if argument == "-" { return append(argument) }
            let argument = ManifestFiles.reportedName(of: argument)
            if argument.hasPrefix("http://") || argument.hasPrefix("https://") {
                return fail(argument, "is a URL; fetch it first: curl -fsSL URL | kubectl etcdrecover validate -f -")
            }
            guard let status = FileStatus(argument) else { return fail(argument, lastError()) }
            guard status.isDirectory else { return append(argument) }
            let before = files.count
            let problems = findings.count
            walk(argument, status.identity)
            if files.count == before, findings.count == problems {
                fail(argument, "has no .yaml, .yml or .json file" + (recursive ? "" : "; -R looks into subdirectories"))
            }
        }

        private mutating func walk(_ directory: String, _ identity: FileIdentity) {
            guard visited.insert(identity).inserted else { return }
            guard let names = directoryEntries(directory) else { return fail(directory, lastError()) }
            for name in names.sorted() {
                let path =
                    [".", "./"].contains(directory)
                    ? name : directory.hasSuffix("/") ? directory + name : directory + "/" + name
                let isManifest = [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
                guard let status = FileStatus(path) else {
                    if isManifest { fail(path, lastError()) }
                    continue
                }
                if status.isDirectory {
                    if recursive, !name.hasPrefix(".") { walk(path, status.identity) }
                } else if isManifest, status.isRegular {
                    append(path)
                }
            }
        }

        private mutating func append(_ file: String) {
            guard known.insert(file).inserted else { return }
            if files.count == ManifestFiles.limit {
                return fail(
                    file, "is beyond the limit of \(ManifestFiles.limit) files; validate parts of the directory")
            }
            if files.count < ManifestFiles.limit { files.append(file) }
        }

        private mutating func fail(_ file: String, _ message: String) {
            findings.append(.file(file, .unreadableFile, message))
        }

        private func lastError() -> String { String(cString: strerror(errno)) }
    }
}

private struct FileIdentity: Hashable {
    var device: UInt
    var inode: UInt
}

/// What a path leads to, links followed. Nil sets `errno`.
private struct FileStatus {
    var identity: FileIdentity
    var mode: mode_t

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        identity = FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        mode = status.st_mode
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { mode & S_IFMT == S_IFREG }
}

/// The names in a directory. Nil sets `errno`.
private func directoryEntries(_ path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}
