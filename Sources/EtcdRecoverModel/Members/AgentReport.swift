package import FoundationEssentials

/// How the init container of a member's pod ended, as its termination message says.
package struct AgentReport: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case restored = "Restored"
        /// By an earlier run for the same order.
        case alreadyRestored = "AlreadyRestored"
        /// A member that is not laid: it joins, with nothing of an earlier life in its place.
        case passed = "Passed"
        /// Nothing was laid: the member's database is in the store.
        case saved = "Saved"
        case failed = "Failed"
    }

    package var result: Result
    /// Of a failure.
    package var reason: Reason?
    package var message: String
    package var member: Member?
    package var inherited: Inherited?
    package var saved: Saved?
    /// Of a member's own database: entries at most that only its log has; nil where that cannot be told.
    package var missingEntries: Int64?
    /// Paths, as the pod has them, of what a recovery found in the member's place, by whichever run of its agent: whole, and
    /// nobody's to delete but a person's.
    package var movedAside: [String]?
    /// A sentence each.
    package var warnings: [String]?

    package init(_ result: Result, reason: Reason? = nil, message: String) {
        self.result = result
        self.reason = reason
        self.message = message
    }

    package struct Member: Codable, Hashable, Sendable {
        package var name: String
        /// Hexadecimal, as etcd prints ids.
        package var id: String
        package var clusterID: String
        /// The next write is one more.
        package var revision: Int64
        /// Of the snapshot, before a bump.
        package var snapshotRevision: Int64
        /// Live ones.
        package var keys: Int64

        package init(
            name: String, id: String, clusterID: String, revision: Int64, snapshotRevision: Int64, keys: Int64
        ) {
            self.name = name
            self.id = id
            self.clusterID = clusterID
            self.revision = revision
            self.snapshotRevision = snapshotRevision
            self.keys = keys
        }
    }

    /// What a database held that was put into the store.
    package struct Saved: Codable, Hashable, Sendable {
        package var revision: Int64
        /// Live ones.
        package var keys: Int64
        /// HashKV at `revision`, as a member would answer.
        package var keyspaceHash: Int64
        /// Nil without a compaction.
        package var compactRevision: Int64?

        package init(revision: Int64, keys: Int64, keyspaceHash: Int64, compactRevision: Int64?) {
            self.revision = revision
            self.keys = keys
            self.keyspaceHash = keyspaceHash
            self.compactRevision = compactRevision
        }
    }

    /// What comes back with the data.
    package struct Inherited: Codable, Hashable, Sendable {
        package var authEnabled: Bool
        /// Kinds, such as `NOSPACE`.
        package var alarms: [String]
        /// That only an API server with the encryption configuration of that time can read.
        package var encryptedValues: Int64
        package var leasedKeys: Int64

        package init(authEnabled: Bool, alarms: [String], encryptedValues: Int64, leasedKeys: Int64) {
            self.authEnabled = authEnabled
            self.alarms = alarms
            self.encryptedValues = encryptedValues
            self.leasedKeys = leasedKeys
        }
    }

    /// A word from another process, perhaps of another version.
    package struct Reason: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The order or the pod is not what this program understands.
        package static let invalidOrder = Self(rawValue: "InvalidOrder")
        package static let unsupportedMember = Self(rawValue: "UnsupportedMember")
        package static let snapshotNotFound = Self(rawValue: "SnapshotNotFound")
        package static let snapshotCorrupt = Self(rawValue: "SnapshotCorrupt")
        /// Sound, and another than the one that was recorded.
        package static let snapshotChanged = Self(rawValue: "SnapshotChanged")
        package static let bucketNotFound = Self(rawValue: "BucketNotFound")
        package static let storeAccessDenied = Self(rawValue: "StoreAccessDenied")
        package static let storeRefused = Self(rawValue: "StoreRefused")
        package static let storeUnreachable = Self(rawValue: "StoreUnreachable")
        package static let noSpace = Self(rawValue: "NoSpace")
        package static let volumeNotWritable = Self(rawValue: "VolumeNotWritable")
        package static let dataDirectoryNotEmpty = Self(rawValue: "DataDirectoryNotEmpty")
        /// A member that is not the first has data of another cluster.
        package static let staleMemberData = Self(rawValue: "StaleMemberData")
        /// An etcd has its data open, so that they cannot be copied.
        package static let memberRuns = Self(rawValue: "MemberRuns")
        /// The pod has outlived the restore, and there is no data of it.
        package static let restoreOver = Self(rawValue: "RestoreOver")
        package static let timedOut = Self(rawValue: "TimedOut")
        package static let interrupted = Self(rawValue: "Interrupted")
        package static let restoreFailed = Self(rawValue: "RestoreFailed")
    }
}

extension AgentReport {
    /// What Kubernetes keeps of a termination message, in bytes.
    package static let longest = 4096

    /// As a termination message: whole JSON whatever its texts are, the last warnings left out where they do not fit, and
    /// where old data went to last of all.
    package var terminationMessage: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var report = self
            while true {
                let data = try encoder.encode(report)
                guard data.count > Self.longest else { return data }
                if report.warnings?.popLast() != nil {
                    if report.warnings?.isEmpty == true { report.warnings = nil }
                } else if report.message.unicodeScalars.count > 16 {
                    let half = report.message.unicodeScalars.prefix(report.message.unicodeScalars.count / 2)
                    report.message = String(String.UnicodeScalarView(half)) + "…"
                } else if report.inherited != nil {
                    report.inherited = nil
                } else if report.member != nil {
                    report.member = nil
                } else if report.movedAside?.popLast() == nil {
                    // A reason without end is of no program of ours.
                    return data.prefix(Self.longest)
                }
            }
        }
    }

    /// Nil for what another program wrote, such as the end of a log.
    package init?(terminationMessage: String) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(terminationMessage.utf8)) else { return nil }
        self = report
    }
}
