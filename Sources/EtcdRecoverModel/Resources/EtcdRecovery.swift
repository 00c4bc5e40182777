/// A cluster that lost its majority: what was seen, what a person approved, and what became of it.
package struct EtcdRecovery: KubernetesResource, Hashable {
    package static let apiVersion = "operator.etcd.io/v1alpha1"
    package static let kind = "EtcdRecovery"
    package static let plural = "etcdrecoveries"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        /// An EtcdCluster, or a StatefulSet that runs etcd.
        package var clusterRef: String?
        /// Nothing destructive happens before it is true.
        package var approved: Bool?
        /// `status.observed.digest` as it was approved: an approval holds for that state alone.
        package var approvedDigest: String?
        /// Name of the member that is to be kept. Absent: the one that knows most.
        package var survivor: String?
        /// A Go duration: how long the majority has to be missing.
        package var gracePeriod: String?
        /// A Go duration, from the approval on.
        package var recoveryTimeout: String?
        /// Where the rescue copies go.
        package var destination: Destination?
        /// Called off, as long as nothing was changed.
        package var aborted: Bool?
        /// A person has read the account of what may be lost.
        package var acknowledged: Bool?

        package init(
            clusterRef: String? = nil, approved: Bool? = nil, approvedDigest: String? = nil, survivor: String? = nil,
            gracePeriod: String? = nil, recoveryTimeout: String? = nil, destination: Destination? = nil,
            aborted: Bool? = nil, acknowledged: Bool? = nil
        ) {
            self.clusterRef = clusterRef
            self.approved = approved
            self.approvedDigest = approvedDigest
            self.survivor = survivor
            self.gracePeriod = gracePeriod
            self.recoveryTimeout = recoveryTimeout
            self.destination = destination
            self.aborted = aborted
            self.acknowledged = acknowledged
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var observedGeneration: Int64?
        package var phase: Phase?
        /// When the majority was first seen to be missing.
        package var detectedTime: Timestamp?
        /// When `phase` last changed.
        package var lastTransitionTime: Timestamp?
        package var completionTime: Timestamp?
        /// Where it stands and what to do, for people.
        package var message: String?
        /// Times that the rebuilding was begun; never goes down.
        package var attempts: Int64?
        /// The attempt whose data the cluster was rebuilt from.
        package var laidAttempt: Int64?
        /// When the members were about to be stopped: before that nothing was changed.
        package var stoppedTime: Timestamp?
        package var layout: Layout?
        package var observed: Observed?
        package var approval: Approval?
        package var survivor: Survivor?
        /// Where the copies went, as of the approval.
        package var destination: Destination?
        /// In place of a destination: the copies go, or went, onto the controller's volume, and come from here.
        package var rescueServer: RescueServer?
        /// One for each member that answered, kept until a person deletes them.
        package var rescueCopies: [RescueCopy]?
        package var verification: Verification?
        package var dataLoss: DataLoss?
        package var conditions: [Condition]?

        package init(phase: Phase? = nil) { self.phase = phase }
    }

    /// The evidence, as of the last look before the approval.
    package struct Observed: Codable, Hashable, Sendable {
        /// SHA-256 of what an approval is about, in hexadecimal: who answers, who is gone, what each knows, who is kept.
        package var digest: String?
        /// Whether the missing members are gone for good, as far as Kubernetes tells: volumes gone, pods that cannot start.
        package var permanent: Bool?
        /// A sentence each.
        package var reasons: [String]?
        package var members: [Member]?

        package init(digest: String? = nil, permanent: Bool? = nil, reasons: [String]? = nil, members: [Member]? = nil)
        {
            self.digest = digest
            self.permanent = permanent
            self.reasons = reasons
            self.members = members
        }
    }

    package struct Member: Codable, Hashable, Sendable {
        /// Of its pod.
        package var name: String
        /// Hexadecimal, as etcd prints it.
        package var memberID: String?
        package var reachable: Bool
        package var learner: Bool?
        package var lastHeardTime: Timestamp?
        package var revision: Int64?
        package var raftTerm: Int64?
        /// The newest entry that it has applied.
        package var raftIndex: Int64?
        /// `Running`, `Pending: 0/1 nodes are available`, `absent`.
        package var pod: String?
        /// `Bound`, `Pending`, `absent`; nil where it has none by design.
        package var volume: String?

        package init(name: String, reachable: Bool) {
            self.name = name
            self.reachable = reachable
        }
    }

    package struct Approval: Codable, Hashable, Sendable {
        package var digest: String
        package var time: Timestamp
        /// By the cluster's annotation, and not by a person.
        package var automatic: Bool?

        package init(digest: String, time: Timestamp, automatic: Bool? = nil) {
            self.digest = digest
            self.time = time
            self.automatic = automatic
        }
    }

    package struct Survivor: Codable, Hashable, Sendable {
        package var name: String
        package var ordinal: Int64?
        package var memberID: String?
        package var revision: Int64?
        package var raftTerm: Int64?
        package var raftIndex: Int64?
        /// Its etcd does not run any more: the data come from its volume.
        package var fromVolume: Bool?
        /// Its own agent reads them there, once the members were stopped: no copy can be had before.
        package var readInPlace: Bool?

        package init(name: String) { self.name = name }
    }

    package struct RescueCopy: Codable, Hashable, Sendable {
        package var member: String
        /// `s3://bucket/key` or `gs://bucket/key`; on the controller's volume `controller:///key`.
        package var location: String
        package var sizeBytes: Int64?
        package var sha256: String?
        package var revision: Int64?
        package var totalKeys: Int64?
        /// HashKV at `revision`, from the member itself.
        package var keyspaceHash: Int64?
        package var compactRevision: Int64?
        package var etcdVersion: String?
        /// Of a copy from a volume: entries at most that only the member's log had; nil where that cannot be told.
        package var missingEntries: Int64?
        package var time: Timestamp?

        package init(member: String, location: String) {
            self.member = member
            self.location = location
        }
    }

    /// Read back from all members of the recovered cluster.
    package struct Verification: Codable, Hashable, Sendable {
        package var clusterID: String?
        package var members: Int64?
        package var revision: Int64?
        /// HashKV at that revision, the same on all members.
        package var keyspaceHash: Int64?
        package var matches: Bool?

        package init() {}
    }

    /// Written once, and never overwritten.
    package struct DataLoss: Codable, Hashable, Sendable {
        package var survivorMemberID: String?
        package var survivorRevision: Int64?
        package var raftIndex: Int64?
        package var recoveredTime: Timestamp?
        /// What was kept, and what cannot be known.
        package var message: String?

        package init() {}
    }

    /// Who makes the members' pods.
    package struct Layout: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The etcd-operator, through a StatefulSet.
        package static let statefulSet = Self(rawValue: "StatefulSet")
        /// The etcd-operator itself.
        package static let pods = Self(rawValue: "Pods")
        /// A StatefulSet without an EtcdCluster.
        package static let plain = Self(rawValue: "Plain")
        package static let all = [statefulSet, pods, plain]
    }

    /// `Completed`, `Cancelled` and `Failed` are terminal.
    package struct Phase: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let detecting = Self(rawValue: "Detecting")
        package static let awaitingApproval = Self(rawValue: "AwaitingApproval")
        package static let snapshotting = Self(rawValue: "Snapshotting")
        package static let rebuilding = Self(rawValue: "Rebuilding")
        package static let scalingOut = Self(rawValue: "ScalingOut")
        package static let completed = Self(rawValue: "Completed")
        package static let cancelled = Self(rawValue: "Cancelled")
        package static let failed = Self(rawValue: "Failed")
        package static let all = [
            detecting, awaitingApproval, snapshotting, rebuilding, scalingOut, completed, cancelled, failed,
        ]

        package var isTerminal: Bool { self == .completed || self == .cancelled || self == .failed }
        /// Before anything was changed, so that it can still be called off.
        package var isBeforeApproval: Bool { self == .detecting || self == .awaitingApproval }
    }

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension EtcdRecovery {
    /// On an EtcdCluster or StatefulSet, `true`: recoveries of it need nobody's approval.
    package static let automaticAnnotation = "etcdrecover.operator.etcd.io/automatic-recovery"
    /// A label of a StatefulSet, `true`: its quorum is watched, as that of every EtcdCluster is.
    package static let watchLabel = "etcdrecover.operator.etcd.io/watch-quorum"
    /// When the majority was first seen to be missing, by whoever made the record.
    package static let sinceAnnotation = "etcdrecover.operator.etcd.io/missing-since"
    /// Set by the controller on what it found by itself.
    package static let detectedLabel = "etcdrecover.operator.etcd.io/detected"

    package static let recovering = "Recovering"
    package static let dataLossPossible = "DataLossPossible"
}
