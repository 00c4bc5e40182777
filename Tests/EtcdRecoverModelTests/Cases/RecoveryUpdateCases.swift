@testable import EtcdRecoverModel

enum RecoveryUpdateCases {
    static let all = approvals + takingBack + others

    private static let approvals = [
        RuleCase("the right digest approved", awaiting, approved(digest), old: awaiting, says: []),
        RuleCase(
            "another digest approved", awaiting, approved("60303ae22b998861bce3b28f33eec1be"), old: awaiting,
            says: [
                #"error recovery.approvedDigest.stale spec.approvedDigest: Invalid value: "60303ae22b99…": the state is another one, "9f86d081884c…": look again with `kubectl etcdrecover recover main` and approve what it shows"#
            ]),
        RuleCase(
            "no digest approved", awaiting, ["spec.approved": true], old: awaiting,
            says: [
                "error recovery.approvedDigest.required spec.approvedDigest: Required value: give status.observed.digest of the state that you approve, or use `kubectl etcdrecover recover main`, which shows it"
            ]),
        RuleCase(
            "nothing observed to approve", awaiting, approved("0123"),
            old: awaiting.setting(["status.observed": .null]),
            says: [
                #"error recovery.approvedDigest.stale spec.approvedDigest: Invalid value: "0123": nothing is observed now: look again with `kubectl etcdrecover recover main`"#
            ]),
        RuleCase(
            "an approval that brings its own status", awaiting.setting(["status.observed.digest": "0123"]),
            approved("0123"), old: awaiting,
            says: [
                #"error recovery.approvedDigest.stale spec.approvedDigest: Invalid value: "0123": the state is another one, "9f86d081884c…": look again with `kubectl etcdrecover recover main` and approve what it shows"#
            ]),
        RuleCase(
            "approved while it is detected", phase("Detecting"), approved(digest), old: phase("Detecting"),
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: its phase is Detecting: wait until it is AwaitingApproval, with what was found in status.observed"
            ]),
        RuleCase(
            "approved before anybody has looked", Sample.recovery, approved(digest), old: Sample.recovery,
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: its phase is Detecting: wait until it is AwaitingApproval, with what was found in status.observed"
            ]),
        RuleCase(
            "approved by oneself and by the annotation", phase("Rebuilding"), approved(digest),
            old: phase("Rebuilding"),
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: its phase is Rebuilding: it goes on by itself"
            ]),
        RuleCase(
            "approved when the majority is back", phase("Cancelled"), approved(digest), old: phase("Cancelled"),
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: its phase is Cancelled: the majority came back, and there is nothing to approve"
            ]),
        RuleCase(
            "approved after a failure", phase("Failed"), approved(digest), old: phase("Failed"),
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: its phase is Failed: create another EtcdRecovery if the cluster has lost its majority again"
            ]),
        RuleCase(
            "approved and called off at once", awaiting.setting(["spec.aborted": true]), approved(digest),
            old: awaiting,
            says: [
                "error recovery.approved.phase spec.approved: Forbidden: it has been called off: create another EtcdRecovery"
            ]),
        RuleCase(
            "approved with another survivor than was shown", awaiting.setting(["spec.survivor": "main-1"]),
            approved(digest), old: awaiting,
            says: [
                "error recovery.spec.immutable spec: Forbidden: what was looked at is approved, and nothing else (changed: survivor): make this change by itself, look again and approve then"
            ]),
        RuleCase(
            "approved again, as the state has become", awaiting, approved(digest),
            old: awaiting.setting(approved("0123")), says: []),
        RuleCase(
            "approved again with the digest before", awaiting.setting(approved("0123")),
            old: awaiting.setting(
                approved("4567")),
            says: [
                #"error recovery.approvedDigest.stale spec.approvedDigest: Invalid value: "0123": the state is another one, "9f86d081884c…": look again with `kubectl etcdrecover recover main` and approve what it shows"#
            ]),
        RuleCase(
            "a digest and no approval", awaiting, ["spec.approvedDigest": .string(digest)], old: awaiting,
            says: [
                "error recovery.approvedDigest.alone spec.approvedDigest: Forbidden: it approves nothing by itself: set approved as well"
            ]),
    ]

    private static let takingBack = [
        RuleCase(
            "an approval taken back in time", awaiting, old: awaiting.setting(approved(digest)), says: []),
        RuleCase(
            "an approval taken back, its digest left", awaiting, ["spec.approvedDigest": .string(digest)],
            old: awaiting.setting(approved(digest)), says: []),
        RuleCase(
            "an approval taken back too late", phase("Snapshotting"),
            old: phase("Snapshotting").setting(
                approved(digest)),
            says: [
                "error recovery.decision.final spec.approved: Forbidden: it is Snapshotting, and an approval is taken back before any work has begun"
            ]),
        RuleCase(
            "called off while it takes snapshots", phase("Snapshotting"), ["spec.aborted": true],
            old: phase("Snapshotting"), says: []),
        RuleCase("called off at once", Sample.recovery, ["spec.aborted": true], old: Sample.recovery, says: []),
        RuleCase(
            "called off in the middle", phase("ScalingOut"), ["spec.aborted": true], old: phase("ScalingOut"),
            says: [
                "error recovery.aborted.phase spec.aborted: Forbidden: it is ScalingOut, and to stop in between would leave the cluster without a majority: let it go on"
            ]),
        RuleCase(
            "called off when it is over", phase("Completed"), ["spec.aborted": true], old: phase("Completed"),
            says: [
                "error recovery.aborted.phase spec.aborted: Forbidden: it is Completed, and there is nothing to call off"
            ]),
        RuleCase(
            "called off and on again", awaiting, old: awaiting.setting(["spec.aborted": true]),
            says: [
                "error recovery.decision.final spec.aborted: Forbidden: what was called off stays so: create another EtcdRecovery"
            ]),
        RuleCase(
            "the loss acknowledged", phase("Completed"), ["spec.acknowledged": true], old: phase("Completed"), says: []),
        RuleCase(
            "a failure acknowledged", phase("Failed"), ["spec.acknowledged": true], old: phase("Failed"), says: []),
        RuleCase(
            "a loss acknowledged that nobody knows yet", phase("Rebuilding"), ["spec.acknowledged": true],
            old: phase("Rebuilding"),
            says: [
                "error recovery.acknowledged.phase spec.acknowledged: Forbidden: its phase is Rebuilding, and what may be lost is known only when it is Completed or Failed"
            ]),
        RuleCase(
            "an acknowledgement taken back", phase("Completed"),
            old: phase("Completed").setting([
                "spec.acknowledged": true
            ]),
            says: [
                "error recovery.decision.final spec.acknowledged: Forbidden: what was read was read: put it back"
            ]),
    ]

    private static let others = [
        RuleCase(
            "another cluster, before anybody has looked", Sample.recovery, ["spec.clusterRef": "other"],
            old: Sample.recovery,
            says: [
                "error recovery.spec.immutable spec: Forbidden: a recovery is about one cluster (changed: clusterRef): put it back, or create another EtcdRecovery"
            ]),
        RuleCase(
            "another bucket and survivor while it waits", awaiting,
            ["spec.destination.s3.bucket": "elsewhere", "spec.survivor": "main-1"], old: awaiting,
            says: [
                "warning recovery.survivor.chosen spec.survivor: main-1 is kept because you say so, even where another member knows more, which is lost then: leave survivor out to keep the one with the highest raft term and index"
            ]),
        RuleCase(
            "keys that one may not read, while it waits", awaiting, ["spec.destination.secretRef.name": "gcs"],
            old: awaiting,
            in: {
                var world = World.prod
                world.access = .found(false)
                return world
            }(), requester: UserInfo(username: "jane"),
            says: [
                #"error secret.forbidden spec.destination.secretRef.name: Forbidden: user "jane" may not get Secret "gcs" in namespace "prod", so it must not be used: name another, or ask for the right to get it"#
            ]),
        RuleCase(
            "a grace period that is wrong, while it waits", awaiting, ["spec.gracePeriod": "1s"], old: awaiting,
            says: ["error recovery.gracePeriod.invalid spec.gracePeriod: Invalid value: \"1s\": must be at least 10s"]),
        RuleCase(
            "another bucket under an approval", awaiting.setting(approved(digest)),
            ["spec.destination.s3.bucket": "elsewhere"], old: awaiting.setting(approved(digest)),
            says: [
                "error recovery.spec.immutable spec: Forbidden: it is approved as it is (changed: destination.s3.bucket): put it back, or take the approval back before"
            ]),
        RuleCase(
            "another survivor while it is rebuilt", phase("Rebuilding"),
            ["spec.survivor": "main-1", "spec.gracePeriod": "2m"], old: phase("Rebuilding"),
            says: [
                "error recovery.spec.immutable spec: Forbidden: work has begun, so the spec is a record (changed: gracePeriod, survivor): put it back, or create another EtcdRecovery"
            ]),
        RuleCase(
            "a record changed and acknowledged", phase("Completed"),
            ["spec.acknowledged": true, "spec.clusterRef": "other", "spec.aborted": true], old: phase("Completed"),
            says: [
                "error recovery.spec.immutable spec: Forbidden: a recovery is about one cluster (changed: clusterRef): put it back, or create another EtcdRecovery",
                "error recovery.aborted.phase spec.aborted: Forbidden: it is Completed, and there is nothing to call off",
            ]),
        RuleCase(
            "a recovery's spec taken away", awaiting, ["spec": .null], old: awaiting,
            says: ["error spec.required spec: Required value: name the cluster to recover"]),
        RuleCase(
            "a recovery's manifest applied again without its defaults",
            awaiting.setting([
                "spec.approved": .null, "spec.gracePeriod": .null, "spec.recoveryTimeout": .null,
                "spec.destination.provider": .null, "spec.destination.prefix": "backups/",
            ]), old: awaiting, says: []),
        RuleCase("a status that moves on", phase("Rebuilding"), old: awaiting, says: []),
        RuleCase(
            "a wrong approval of what is on its way out", awaiting,
            ["spec.approved": true, "metadata.deletionTimestamp": "2026-01-02T03:04:05Z"], old: awaiting, says: []),
        // It may have been admitted under older rules.
        RuleCase(
            "an approval of what would be refused today", awaiting.setting(["spec.gracePeriod": "1s"]),
            approved(digest),
            old: awaiting.setting(["spec.gracePeriod": "1s"]), says: []),
    ]

    private static let digest = "9f86d081884c7d659a2feaa0c55ad015"

    private static func phase(_ name: String) -> JSONValue {
        Sample.recovery.setting([
            "status.phase": .string(name), "status.observed.digest": .string(digest),
        ])
    }

    private static let awaiting = phase("AwaitingApproval")

    private static func approved(_ digest: String) -> KeyValuePairs<String, JSONValue> {
        ["spec.approved": true, "spec.approvedDigest": .string(digest)]
    }
}
