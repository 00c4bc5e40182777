/// What to restore, as whom and where: the flags of `etcdutl snapshot restore`, and a few it does not have.
package struct RestoreRequest: Sendable {
    /// A snapshot, or a copy of a member's `member/snap/db`.
    package var snapshot: String
    /// Where it lies, if `snapshot` is only what it is called, as an object that was downloaded.
    package var file: String?
    package var name = "default"
    /// `NAME=URL,NAME=URL`.
    package var initialCluster = "default=http://localhost:2380"
    /// Goes into all ids. One that no other cluster had keeps old members from speaking to new ones.
    package var token = Membership.usualToken
    /// Separated by commas.
    package var advertisedPeerURLs = "http://localhost:2380"
    /// Nil for `NAME.etcd` in the working directory.
    package var dataDirectory: String?
    /// Nil for `member/wal` in the data directory.
    package var walDirectory: String?
    /// Takes a file without a SHA-256 at its end, and one where it does not fit. The pages are verified all the same.
    package var skipsHashCheck = false
    /// How far the revision jumps ahead, 0 for not at all; goes with `marksCompacted`.
    package var bumpRevision: Int64 = 0
    /// Marks all revisions before the jump as compacted, so that whoever watches from one of them is told.
    package var marksCompacted = false

    /// The etcd that is to start on the result; newer versions recorded in the data are lowered for it.
    package var targetVersion: TargetVersion?
    /// Leaves the alarms behind that were active when the snapshot was taken.
    package var disarmsAlarms = false
    /// Removes what restores to the same place left that were killed. Otherwise they are only reported.
    package var removesLeftovers = false
    /// The `member/wal` that belongs to a raw copy, to tell how many entries the copy lacks. Nil to look beside it.
    package var sourceWALDirectory: String?
    /// Looks at that log, and fails where it cannot be read.
    package var comparesLog = true

    /// Makes the snapshot's file itself the new database, which takes no further room on the volume of the data directory, where it
    /// has to lie. It may lie inside that directory. Once `Restore.run` has begun it is gone, whatever comes of it.
    package var consumesSnapshot = false
    /// What is in the place of the member is moved aside under this name, in `.etcdrecover-aside` of the data directory, when
    /// the new one is whole, proven and synced. Nil: the place has to be empty.
    package var displaces: String?
    /// Makes a file that appears in `member` with the rest; etcd does not look at it.
    package var note: Note?

    package struct Note: Sendable {
        /// Neither `snap` nor `wal`.
        package var name: String
        package var content: @Sendable (RestoredMember) throws -> [UInt8]

        package init(name: String, content: @escaping @Sendable (RestoredMember) throws -> [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    package init(snapshot: String) {
        self.snapshot = snapshot
    }
}

extension RestoreRequest {
    /// Throws what keeps a member from being written there, whatever the snapshot: its name and cluster, or a place that is
    /// not empty. Nothing is changed.
    package func checkPlace() throws {
        _ = try RestorePlan.membership(of: self)
        _ = try RestorePlan.target(of: self)
    }

    /// An existing directory on the volume that the member goes to.
    package var roomyDirectory: String {
        get throws {
            let target = try RestorePlan.target(of: self)
            return target.isBuiltInside ? target.dataDirectory.text : target.dataDirectory.parent
        }
    }
}

/// How far a restore has come.
package struct RestoreProgress: Hashable, Sendable {
    /// In bytes.
    package let copied: Int
    package let total: Int
}
