/// What a write-ahead log says, read to its end.
package struct WALSummary: Hashable, Sendable {
    /// A place in raft's log.
    package struct Position: Hashable, Sendable {
        package let index: UInt64
        package let term: UInt64
    }

    package struct HardState: Hashable, Sendable {
        package let term: UInt64
        package let vote: UInt64
        /// Index of the last entry known to be committed.
        package let commit: UInt64
    }

    /// Where the last file's records end in the middle of one, because its write was cut off: etcd drops the rest.
    package struct Torn: Hashable, Sendable {
        package let file: String
        /// In bytes.
        package let offset: Int
    }

    package internal(set) var member: MemberID?
    package internal(set) var cluster: ClusterID?
    package internal(set) var firstEntry: Position?
    package internal(set) var lastEntry: Position?
    package internal(set) var hardState: HardState?
    /// The newest raft snapshot that the log mentions.
    package internal(set) var lastSnapshot: Position?
    /// How many were read, those included that later ones replaced.
    package internal(set) var entries = 0
    package internal(set) var files: [String] = []
    package internal(set) var torn: Torn?

    init() {}

    /// How many entries at most a database lacks that says it has applied the log up to `consistentIndex`. Any of them
    /// may be a write that was acknowledged. A database of etcd 3.4 may lack fewer: there, entries that are not writes do not
    /// move the index.
    package func entriesMissing(beyond consistentIndex: UInt64) -> UInt64 {
        let last = max(lastEntry?.index ?? 0, hardState?.commit ?? 0)
        return last > consistentIndex ? last - consistentIndex : 0
    }
}
