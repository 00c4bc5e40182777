import Glibc

extension WALSummary {
    /// Reads the log in a member's `member/wal`. Temporary files, and those etcd set aside as broken, do not count.
    /// Throws `WALError`, or `MappingError` for a file that cannot be opened.
    package init(directory: String) throws {
        let names = try Self.files(in: directory)
        var reader = WALReader()
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            guard let file = try Self.open("\(directory)/\(name)", mayBeEmpty: isLast && index > 0) else { break }
            do {
                try withExtendedLifetime(file) { () throws(Finding) in
                    try reader.read(file.bytes, named: name, isLast: isLast)
                }
            } catch {
                throw WALError.damaged(file: "\(directory)/\(name)", error)
            }
        }
        self = reader.summary
    }

    /// A running etcd holds its files, and only ever adds to them. One that it has just made is empty: nil.
    private static func open(_ path: String, mayBeEmpty: Bool) throws(MappingError) -> MappedFile? {
        do {
            return try MappedFile(path: path, readingLocked: true)
        } catch {
            guard mayBeEmpty, case .empty = error else { throw error }
            return nil
        }
    }

    private static func files(in directory: String) throws(WALError) -> [String] {
        guard let listing = opendir(directory) else {
            throw .unreadable(directory: directory, errno: String(cString: strerror(errno)))
        }
        defer { closedir(listing) }
        var found: [(sequence: UInt64, name: String)] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let numbers = WALRecord.numbers(in: name) { found.append((numbers.sequence, name)) }
        }
        found.sort { $0.sequence < $1.sequence }
        for (one, next) in zip(found, found.dropFirst()) where next.sequence - one.sequence != 1 {
            throw .gap(before: next.name)
        }
        guard !found.isEmpty else { throw .noFiles(directory: directory) }
        return found.map(\.name)
    }
}
