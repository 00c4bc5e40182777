import Glibc

/// What the log of a member tells of its database.
package enum MemberLog: Hashable, Sendable {
    /// The database has all of it.
    case applied(WALSummary)
    case ahead(WALSummary, MissingEntries)
    /// It ends before the database does, so that it is not, or no longer, the log of that database.
    case behind(WALSummary, lastIndex: UInt64)
    /// What the database lacks cannot be known, and why.
    case unreadable(String)

    package var summary: WALSummary? {
        switch self {
        case .applied(let summary), .ahead(let summary, _), .behind(let summary, _): summary
        case .unreadable: nil
        }
    }

    package var missing: MissingEntries? {
        if case .ahead(_, let missing) = self { missing } else { nil }
    }

    /// Throws only where the log is needed, as when a person named its directory: one that is lost or damaged must not keep the
    /// database from being saved.
    init(of metadata: ClusterMetadata, in directory: String, isNeeded: Bool) throws {
        let summary: WALSummary
        do { summary = try WALSummary(directory: directory) } catch let error
            where error is WALError || error is MappingError
        {
            if isNeeded { throw error }
            self = .unreadable("\(error)")
            return
        }
        let index = metadata.consistentIndex ?? 0
        let last = max(
            summary.lastEntry?.index ?? 0, summary.hardState?.commit ?? 0, summary.lastSnapshot?.index ?? 0)
        if let missing = MissingEntries(in: metadata, log: summary, walDirectory: directory) {
            self = .ahead(summary, missing)
        } else if last < index {
            self = .behind(summary, lastIndex: last)
        } else {
            self = .applied(summary)
        }
    }

    /// A file of the log that a running etcd holds; nil where none does, or there is no log.
    static func lockedFile(in directory: String) throws -> String? {
        for name in (try? Files.list(directory)).flatMap(\.self) ?? [] where name.hasSuffix(".wal") {
            let path = "\(directory)/\(name)"
            let file = try Files.Descriptor(path, O_RDONLY | O_NONBLOCK)
            if file.isWriteLocked { return path }
        }
        return nil
    }
}

extension Files.Descriptor {
    /// As etcd locks the files of its log: for writing, by the open file and not by the process. Nothing is locked here.
    fileprivate var isWriteLocked: Bool {
        var wanted = flock()
        // F_OFD_GETLK, which Swift's Glibc does not have.
        let ask: Int32 = 36
        wanted.l_type = Int16(F_RDLCK)
        wanted.l_whence = Int16(SEEK_SET)
        // File systems without such locks say no.
        return fcntl(number, ask, &wanted) == 0 && wanted.l_type == Int16(F_WRLCK)
    }
}
