/// The data directory of a member whose etcd does not run. It is only ever read.
package struct StoppedMember: Sendable {
    /// As they were named, for people.
    package let databasePath: String
    package let walDirectory: String
    /// Locked for as long as it is held: an etcd that is started meanwhile waits.
    package let database: Database
    package let metadata: ClusterMetadata
    package let log: MemberLog
    private let places: [FilePath]

    /// - Parameter directory: a data directory, or the `member` in it, where etcd left it or wherever it was copied to.
    /// - Parameter walDirectory: where `--wal-dir` put the log; nil for `member/wal`.
    /// - Parameter needsLog: whether a log that cannot be read is an error; nil where its directory was named.
    /// - Throws: `StoppedMemberError`, `MappingError`, `RestoreError` for what cannot be looked at, a `Finding` for a file that
    ///   is no database.
    package init(directory: String, walDirectory: String? = nil, needsLog: Bool? = nil) throws {
        let folder = try Self.memberFolder(in: directory)
        databasePath = "\(folder)/snap/db"
        self.walDirectory = walDirectory ?? "\(folder)/wal"
        let data = try FilePath(resolving: directory)
        places = [
            data.name == "member" && folder == Self.trimmed(directory) ? try FilePath(resolving: data.parent) : data,
            try FilePath(resolving: self.walDirectory),
        ]
        // Its lock first: whatever is read afterwards stays as it is.
        database = try Database(path: databasePath)
        if let file = try MemberLog.lockedFile(in: self.walDirectory) { throw StoppedMemberError.running(file: file) }
        metadata = try ClusterMetadata(database)
        log = try MemberLog(of: metadata, in: self.walDirectory, isNeeded: needsLog ?? (walDirectory != nil))
    }

    /// Bytes up to the high-water mark, what a snapshot of it has before its SHA-256. What lies beyond holds nothing.
    package var image: Bytes { database.image }

    /// Whether a file of that name would lie in the data directory or beside the log's files.
    package func holds(_ path: String) throws -> Bool {
        let path = try FilePath(resolving: path)
        return places.contains { $0.contains(path) }
    }

    /// Of its own entry among the members that its database lists; nil where the log does not say who it is.
    package var own: StoredMember? {
        log.summary?.member.flatMap { id in metadata.members.first { $0.id == id } }
    }

    package static func databasePath(in directory: String) throws(StoppedMemberError) -> String {
        try memberFolder(in: directory) + "/snap/db"
    }

    private static func memberFolder(in directory: String) throws(StoppedMemberError) -> String {
        let directory = trimmed(directory)
        guard let folder = ["\(directory)/member", directory].first(where: { Files.exists("\($0)/snap/db") }) else {
            throw .noDatabase(directory: directory)
        }
        return folder
    }

    private static func trimmed(_ directory: String) -> String {
        var directory = directory
        while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        return directory
    }
}

package enum StoppedMemberError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither `member/snap/db` nor `snap/db` is there.
    case noDatabase(directory: String)
    /// A process holds the lock that etcd takes on its log.
    case running(file: String)

    package var description: String {
        switch self {
        case .noDatabase(let directory):
            "\(directory) is no data directory of etcd that has started: there is no member/snap/db in it"
        case .running(let file):
            "\(file) is in use: another process, likely a running etcd, has it locked. "
                + "Take a snapshot through that etcd, or stop it first"
        }
    }
}
