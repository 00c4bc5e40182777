/// A minor version of etcd 3, such as 3.5: the one that is to start on what is restored.
package struct TargetVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let minor: Int

    /// Reads `3.5`, `3.5.30` or `v3.5.30`. Nil for anything else, and for etcd before 3.4.
    package init?(_ text: String) {
        let parts = (text.first == "v" ? text.dropFirst() : text[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
            parts[0] == "3", let minor = Int(parts[1]), (4...99).contains(minor)
        else { return nil }
        self.minor = minor
    }

    package var description: String { "3.\(minor)" }
    /// As etcd stores it.
    var stored: String { "3.\(minor).0" }

    package static func < (one: TargetVersion, other: TargetVersion) -> Bool { one.minor < other.minor }
}

/// What becomes of the versions that a database records, so that an older etcd takes it.
package struct VersionChange: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case kept
        case removed
        case lowered(to: String)
    }

    package let storageVersion: Outcome
    package let clusterVersion: Outcome
    /// The version the data was written by, where `target` is older.
    package let newer: TargetVersion?

    /// - Parameter stored: the two texts in the database, nil where there is none.
    /// - Throws: `RestoreError.unusableVersion` for a text that is no version of etcd 3.
    package init(storageVersion: String?, clusterVersion: String?, target: TargetVersion?) throws(RestoreError) {
        guard let target else {
            self.storageVersion = .kept
            self.clusterVersion = .kept
            newer = nil
            return
        }
        let storage = try Self.read(storageVersion, of: "storage")
        let cluster = try Self.read(clusterVersion, of: "cluster")
        newer = [storage, cluster].compactMap(\.self).filter { $0 > target }.max()
        // etcd 3.6 refuses a newer cluster version, and finds its own when there is none.
        self.clusterVersion = cluster.map { $0 > target } ?? false ? .removed : .kept
        let isStorageNewer = storage.map { $0 > target } ?? false
        // Before 3.6 the database did not record the version: without it etcd 3.6 takes the data for that of 3.5.
        self.storageVersion = !isStorageNewer ? .kept : target.minor < 6 ? .removed : .lowered(to: target.stored)
    }

    private static func read(_ text: String?, of kind: String) throws(RestoreError) -> TargetVersion? {
        guard let text else { return nil }
        guard let version = TargetVersion(text) else { throw .unusableVersion(kind: kind, text) }
        return version
    }
}
