import Glibc

/// The directories in which a member is built, locked while it is. Nothing stands under a final name until `publish`.
///
/// Ends with `publish` or `discard`. A process that is killed before leaves directories that no etcd looks at.
final class Staging {
    /// The log's name in a separate directory, until everything is in place.
    static let withheldLog = "withheld.etcdrecover"
    /// What has the log's real name meanwhile: it starts with a length that no record has, so no etcd starts on it.
    static let gate = Array(
        "etcdrecover: a restore was interrupted here. Remove this directory and restore again.\n".utf8)

    private let target: RestoreTarget
    private let root: String
    private let walRoot: String?
    private let lock: Files.Descriptor
    private let walLock: Files.Descriptor
    /// The two, and the parents that did not exist either, in the order of their making.
    private let made: [String]

    static func begin(_ target: RestoreTarget) throws(RestoreError) -> Staging {
        var made: [String] = []
        do {
            return try Staging(target, &made)
        } catch {
            for path in made.reversed() { rmdir(path) }
            throw error
        }
    }

    private init(_ target: RestoreTarget, _ made: inout [String]) throws(RestoreError) {
        self.target = target
        root = try Self.make(target.stagingTemplate, noting: &made)
        walRoot = try target.walStagingTemplate.map { (path) throws(RestoreError) in try Self.make(path, noting: &made)
        }
        lock = try Files.Descriptor(root, O_RDONLY | O_DIRECTORY)
        walLock = try Files.Descriptor(walRoot ?? root, O_RDONLY | O_DIRECTORY)
        guard lock.lock(), walRoot == nil || walLock.lock() else { throw .underWay(root) }
        let snap = "\(root)/member/snap"
        for path in ["\(root)/member", snap] + (walRoot == nil ? ["\(root)/member/wal"] : []) {
            try Files.makeDirectory(path)
        }
        self.made = made
    }

    var database: String { "\(root)/member/snap/db" }

    /// Writes and syncs the log and raft's snapshot, and syncs the directories.
    func write(_ log: RestoredLog) throws(RestoreError) {
        try Files.write(log.snap, to: "\(root)/member/snap/\(log.snapName)")
        if let walRoot {
            try Files.write(log.wal, to: "\(walRoot)/\(Self.withheldLog)")
            try Files.write(Self.gate, to: "\(walRoot)/\(log.walName)")
            try Files.synchronize(directory: walRoot)
        } else {
            try Files.write(log.wal, to: "\(root)/member/wal/\(log.walName)")
            try Files.synchronize(directory: "\(root)/member/wal")
        }
        for path in ["\(root)/member/snap", "\(root)/member", root] { try Files.synchronize(directory: path) }
    }

    /// Writes and syncs one more file beside the member's.
    func write(_ note: [UInt8], asNote name: String) throws(RestoreError) {
        try Files.write(note, to: "\(root)/member/\(name)")
        try Files.synchronize(directory: "\(root)/member")
    }

    /// Where `write` put them.
    func writtenFiles(of log: RestoredLog) -> (wal: String, snap: String) {
        let wal = walRoot.map { "\($0)/\(Self.withheldLog)" } ?? "\(root)/member/wal/\(log.walName)"
        return (wal, "\(root)/member/snap/\(log.snapName)")
    }

    /// Gives everything its final name, or takes it back. What is interrupted in between does not start: see `gate`.
    /// - Parameter name: for what is moved aside, where the place need not be empty.
    func publish(_ log: RestoredLog, displacing name: String? = nil) throws(RestoreError) {
        var displacement = name.map { Displacement(target, name: $0) }
        do {
            try displacement?.run()
            if let walRoot, let wal = target.walDirectory {
                try Files.rename(walRoot, to: wal.text)
                try Files.synchronize(directory: wal.parent)
                try publishData()
                try Files.rename("\(wal.text)/\(Self.withheldLog)", to: "\(wal.text)/\(log.walName)")
                try Files.synchronize(directory: wal.text)
            } else {
                try publishData()
            }
        } catch {
            withdraw()
            displacement?.undo()
            throw error
        }
        rmdir(root)  // where the data directory is another: empty now
    }

    /// Removes everything; for a restore that failed.
    func discard() {
        for path in made.reversed() {
            if path == root || path == walRoot { Files.remove(path) } else { rmdir(path) }
        }
    }

    private func publishData() throws(RestoreError) {
        let data = target.dataDirectory
        if target.isBuiltInside {
            try Files.rename("\(root)/member", to: "\(data.text)/member")
            try Files.synchronize(directory: data.text)
        } else {
            try Files.rename(root, to: data.text)
            try Files.synchronize(directory: data.parent)
        }
    }

    /// Takes back what has its final name already, the data first: `gate` bars the rest.
    private func withdraw() {
        let data = target.dataDirectory.text
        if target.isBuiltInside {
            if !Files.exists("\(root)/member") { _ = Glibc.rename("\(data)/member", "\(root)/member") }
        } else if !Files.exists(root) {
            _ = Glibc.rename(data, root)
        }
        if let walRoot, let wal = target.walDirectory, !Files.exists(walRoot) { _ = Glibc.rename(wal.text, walRoot) }
    }

    private static func make(_ template: String, noting made: inout [String]) throws(RestoreError) -> String {
        try makeParents(of: template, noting: &made)
        guard let copy = strdup(template) else { throw .failed(template, doing: "create", errno: errno) }
        defer { free(copy) }
        guard let path = mkdtemp(copy) else { throw .failed(template, doing: "create", errno: errno) }
        let name = String(cString: path)
        made.append(name)
        return name
    }

    private static func makeParents(of path: String, noting made: inout [String]) throws(RestoreError) {
        let parent = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        guard !parent.isEmpty, !Files.exists(parent) else { return }
        try makeParents(of: parent, noting: &made)
        try Files.makeDirectory(parent)
        made.append(parent)
        let outer = parent.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        try Files.synchronize(directory: outer.isEmpty ? "/" : outer)
    }
}
