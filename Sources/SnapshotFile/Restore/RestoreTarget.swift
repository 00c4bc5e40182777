import Glibc

/// Where a restored member goes: checked, and nothing changed yet.
///
/// A data directory that does not exist is built beside its place and renamed. One that exists, such as the mount point
/// of a volume, cannot be replaced: there, `member` is built in a directory inside and renamed, as it is where the log's
/// directory lies in the data directory. So in both cases one rename makes the member appear, on the volume it was written
/// to.
struct RestoreTarget: Sendable {
    let dataDirectory: FilePath
    /// Nil for the usual place, `member/wal` in the data directory.
    let walDirectory: FilePath?
    /// Whether `member` alone is renamed.
    let isBuiltInside: Bool
    /// What restores left that were killed. Never of one that is still under way.
    let leftovers: [String]

    /// Before the six letters that make the name of a staging directory one of its own.
    private static let mark = ".etcdrecover-"

    /// - Parameters:
    ///   - snapshot: a file that becomes the database, and what holds it, do not count as content.
    ///   - isDisplacing: a place that is not empty will do: what is there is moved aside.
    init(
        dataDirectory: String, walDirectory: String?, consuming snapshot: String? = nil, isDisplacing: Bool = false
    ) throws(RestoreError) {
        let data = try FilePath(resolving: dataDirectory)
        var wal = try walDirectory.map { (path) throws(RestoreError) in try FilePath(resolving: path) }
        if wal == data.appending("member").appending("wal") { wal = nil }
        self.dataDirectory = data
        self.walDirectory = wal
        if let wal {
            guard !wal.contains(data), !data.appending("member").contains(wal) else {
                throw .directoriesOverlap(data: data.text, wal: wal.text)
            }
        }
        let content = try Files.list(data.text)
        isBuiltInside = content != nil || wal.map(data.contains) == true
        let consumed = try snapshot.map { (path) throws(RestoreError) in try FilePath(resolving: path) }
        if !isDisplacing { try Self.checkEmpty(data, (content ?? []).filter { consumed?.name(in: data) != $0 }) }
        if !isDisplacing, let wal, let content = try Files.list(wal.text) {
            throw .walDirectoryExists(wal.text, isUnfinished: content.contains(Staging.withheldLog))
        }
        var places = [(isBuiltInside ? data.text : data.parent, Self.prefix(of: data, inside: isBuiltInside))]
        if let wal { places.append((wal.parent, Self.prefix(of: wal, inside: false))) }
        var leftovers: [String] = []
        for (folder, prefix) in places { leftovers += try Self.leftovers(in: folder, prefix: prefix) }
        self.leftovers = leftovers
    }

    /// Directories for `mkdtemp`: what is built there can be renamed to its place.
    var stagingTemplate: String {
        let folder = isBuiltInside ? dataDirectory.text : dataDirectory.parent
        return "\(folder)/\(Self.prefix(of: dataDirectory, inside: isBuiltInside))XXXXXX"
    }

    var walStagingTemplate: String? {
        walDirectory.map { "\($0.parent)/\(Self.prefix(of: $0, inside: false))XXXXXX" }
    }

    /// Throws unless there is room for so many bytes of the database, and for the log that etcd starts.
    func checkSpace(for database: Int, free: (String) throws(RestoreError) -> Int = Files.freeSpace)
        throws(RestoreError)
    {
        let log = WALRecord.segmentSize
        let beside = walDirectory == nil ? log : 0
        try Self.check(dataDirectory, needs: database.addingReportingOverflow(beside).partialValue, free)
        if let walDirectory { try Self.check(walDirectory, needs: log, free) }
    }

    private static func check(
        _ path: FilePath, needs needed: Int, _ free: (String) throws(RestoreError) -> Int
    ) throws(RestoreError) {
        var folder = path
        while !Files.exists(folder.text), folder.text != "/" { folder = try FilePath(resolving: folder.parent) }
        let available = try free(folder.text)
        guard available >= needed else { throw .noSpace(path.text, needed: needed, available: available) }
    }

    /// A file system's own `lost+found` and what a killed restore left do not count.
    private static func checkEmpty(_ directory: FilePath, _ content: [String]) throws(RestoreError) {
        let prefix = prefix(of: directory, inside: true)
        var counted: [String] = []
        for name in content where !isStaging(name, prefix: prefix) {
            // Where only root may look into it, only root can have put anything there.
            if name == "lost+found", (try? Files.list("\(directory.text)/\(name)") ?? [])?.isEmpty ?? true { continue }
            counted.append(name)
        }
        guard counted.isEmpty else { throw .dataDirectoryNotEmpty(directory.text, content: counted) }
    }

    private static func prefix(of directory: FilePath, inside: Bool) -> String {
        inside ? mark : ".\(directory.name)\(mark)"
    }

    private static func isStaging(_ name: String, prefix: String) -> Bool {
        name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 6
            && name.dropFirst(prefix.count).utf8.allSatisfy { $0 != UInt8(ascii: ".") }
    }

    private static func leftovers(in folder: String, prefix: String) throws(RestoreError) -> [String] {
        var found: [String] = []
        for name in try Files.list(folder) ?? [] where isStaging(name, prefix: prefix) {
            let path = "\(folder)/\(name)"
            // Whoever builds in it holds its lock, and a killed process holds none.
            guard try Files.Descriptor(path, O_RDONLY | O_DIRECTORY).lock() else { throw .underWay(path) }
            found.append(path)
        }
        return found
    }
}
