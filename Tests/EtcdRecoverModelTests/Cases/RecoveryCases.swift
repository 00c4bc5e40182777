@testable import EtcdRecoverModel

enum RecoveryCases {
    static let all =
        [
            RuleCase("a recovery as it should be", Sample.recovery, says: []),
            RuleCase("a recovery that names its cluster and nothing else", bare, says: []),
            RuleCase(
                "no spec in a recovery", Sample.recovery, ["spec": .null],
                says: ["error spec.required spec: Required value: name the cluster to recover"]),
            RuleCase(
                "no cluster to recover", Sample.recovery, ["spec.clusterRef": .null],
                says: [
                    "error recovery.clusterRef.required spec.clusterRef: Required value: name the EtcdCluster to recover"
                ]
            ),
            RuleCase(
                "a cluster to recover in capitals", bare, ["spec.clusterRef": "Main", "spec.survivor": "main-0"],
                says: [
                    #"error recovery.clusterRef.invalid spec.clusterRef: Invalid value: "Main": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#,
                    "warning recovery.survivor.chosen spec.survivor: main-0 is kept because you say so, even where another member knows more, which is lost then: leave survivor out to keep the one with the highest raft term and index",
                ]),
            RuleCase(
                "a cluster to recover that is not there", bare, ["spec.clusterRef": "other"],
                says: [
                    #"error recovery.clusterRef.notFound spec.clusterRef: Not found: "other": there is no EtcdCluster of that name in namespace "prod": name one that exists"#
                ]),
            RuleCase(
                "a cluster of one member", bare, in: world { $0.clusters["main"] = cluster(size: 1) },
                says: [
                    #"error recovery.clusterRef.singleMember spec.clusterRef: Forbidden: EtcdCluster "main" has one member by its spec, so there is no majority to lose, and a single member is never rebuilt: restore its newest backup into a new cluster with an EtcdRestore"#
                ]),
            RuleCase(
                "a cluster whose size is not told", bare, in: world { $0.clusters["main"] = cluster(size: nil) },
                says: []),
            RuleCase("a StatefulSet of three", bare, in: setWorld(replicas: 3), says: []),
            RuleCase(
                "a StatefulSet of the default size", bare, in: setWorld(replicas: nil),
                says: [
                    #"error recovery.clusterRef.singleMember spec.clusterRef: Forbidden: StatefulSet "main" has one member by its spec, so there is no majority to lose, and a single member is never rebuilt: restore its newest backup into a new cluster with an EtcdRestore"#
                ]),
            RuleCase(
                "a StatefulSet of nobody", bare, in: setWorld(replicas: 0),
                says: [
                    #"error recovery.clusterRef.singleMember spec.clusterRef: Forbidden: StatefulSet "main" has no member by its spec, so there is no majority to lose, and a single member is never rebuilt: restore its newest backup into a new cluster with an EtcdRestore"#
                ]),
            RuleCase(
                "a cluster to recover that cannot be looked up", bare, in: BackupCases.unanswered,
                says: [
                    #"error lookup.unavailable spec.clusterRef: Could not be checked: whether EtcdCluster "main" exists: the API server answered 403 Forbidden"#
                ]),
            RuleCase(
                "a survivor of its choice", bare, ["spec.survivor": "main-2"],
                says: [
                    "warning recovery.survivor.chosen spec.survivor: main-2 is kept because you say so, even where another member knows more, which is lost then: leave survivor out to keep the one with the highest raft term and index"
                ]),
            RuleCase(
                "a survivor of another cluster", bare, ["spec.survivor": "other-2"],
                says: [
                    #"error recovery.survivor.invalid spec.survivor: Invalid value: "other-2": must be the name of a member's pod, such as "main-0""#
                ]),
            RuleCase(
                "a survivor without an ordinal", bare, ["spec.survivor": "main"],
                says: [
                    #"error recovery.survivor.invalid spec.survivor: Invalid value: "main": must be the name of a member's pod, such as "main-0""#
                ]),
            RuleCase(
                "a grace period shorter than an election", bare, ["spec.gracePeriod": "9s"],
                says: [
                    "error recovery.gracePeriod.invalid spec.gracePeriod: Invalid value: \"9s\": must be at least 10s"
                ]),
            RuleCase(
                "a grace period of hours", bare, ["spec.gracePeriod": "1h1s"],
                says: [
                    "error recovery.gracePeriod.invalid spec.gracePeriod: Invalid value: \"1h1s\": must be at most 1h"
                ]),
            RuleCase(
                "a recovery in seconds", bare, ["spec.recoveryTimeout": "59s"],
                says: [
                    "error recovery.recoveryTimeout.invalid spec.recoveryTimeout: Invalid value: \"59s\": must be at least 1m"
                ]),
            RuleCase(
                "a recovery of days", bare, ["spec.recoveryTimeout": "2d"],
                says: [
                    #"error recovery.recoveryTimeout.invalid spec.recoveryTimeout: Invalid value: "2d": must be a duration such as 10m, 90s or 1h30m: "d" is no unit (ns, us, ms, s, m or h)"#
                ]),
            RuleCase(
                "all that may be as long and as short as it may", bare,
                ["spec.gracePeriod": "1h", "spec.recoveryTimeout": "1m"], says: []),
            RuleCase(
                "a destination for rescue copies that cannot be", Sample.recovery,
                ["spec.destination.s3.bucket": "B", "spec.destination.secretRef.name": "gone"],
                says: [
                    #"error secret.notFound spec.destination.secretRef.name: Not found: "gone": there is no Secret of that name in namespace "prod": create it, or remove secretRef to use the credentials of the environment"#,
                    #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "B": must have 3 to 63 characters; must consist of lower-case letters, digits, dots and hyphens; must start and end with a lower-case letter or digit"#,
                ]),
            RuleCase(
                "keys for rescue copies that one may not read", Sample.recovery,
                in: world { $0.access = .found(false) },
                requester: UserInfo(username: "jane"),
                says: [
                    #"error secret.forbidden spec.destination.secretRef.name: Forbidden: user "jane" may not get Secret "s3" in namespace "prod", so it must not be used: name another, or ask for the right to get it"#
                ]),
            // /main.rescue/rescue/main-2147483647-20060102T150405Z.db is what comes behind it at most.
            RuleCase(
                "a prefix that leaves the keys of rescue copies no room", Sample.recovery,
                ["spec.destination.prefix": .string(String(repeating: "p", count: 970))],
                says: [
                    #"error destination.prefix.tooLong spec.destination.prefix: Invalid value: "\#(String(repeating: "p", count: 128))"...: with the key behind it, it makes 1025 bytes and the store takes 1024: shorten it by 1"#
                ]),
            RuleCase(
                "everything decided on creation", bare,
                [
                    "spec.approved": true, "spec.approvedDigest": "0123", "spec.aborted": true,
                    "spec.acknowledged": true,
                ],
                says: [
                    "error recovery.decision.onCreation spec.approved: Forbidden: nobody has seen the state of this recovery yet: create it without, and set this once its phase is AwaitingApproval",
                    "error recovery.decision.onCreation spec.approvedDigest: Forbidden: nobody has seen the state of this recovery yet: create it without, and set this together with approved",
                    "error recovery.decision.onCreation spec.aborted: Forbidden: nobody has seen the state of this recovery yet: create it without, and set this on the object that is to be called off",
                    "error recovery.decision.onCreation spec.acknowledged: Forbidden: nobody has seen the state of this recovery yet: create it without, and set this once it has ended and you have read status.dataLoss",
                ]),
            RuleCase(
                "an approved one as the controller looks at it again", bare,
                ["spec.approved": true, "spec.approvedDigest": "0123", "status.phase": "AwaitingApproval"], says: []),
        ] + otherWork

    private static let otherWork = [
        RuleCase(
            "another recovery under way", bare,
            in: world { $0.recoveries = .found([World.recovery("first", of: "main", phase: .rebuilding)]) },
            says: [
                #"error recovery.clusterRef.inFlight spec.clusterRef: Duplicate value: "main": EtcdRecovery "first" (Rebuilding) is about it already: go on with that one, or abort it first"#
            ]),
        RuleCase(
            "another recovery that nobody has looked at", bare,
            in: world { $0.recoveries = .found([World.recovery("first", of: "main", phase: nil)]) },
            says: [
                #"error recovery.clusterRef.inFlight spec.clusterRef: Duplicate value: "main": EtcdRecovery "first" is about it already: go on with that one, or abort it first"#
            ]),
        RuleCase(
            "recoveries that have ended, of another cluster, and itself", bare,
            in: world {
                $0.recoveries = .found([
                    World.recovery("a", of: "main", phase: .completed),
                    World.recovery("b", of: "main", phase: .cancelled),
                    World.recovery("c", of: "main", phase: .failed),
                    World.recovery("d", of: "other", phase: .rebuilding),
                    World.recovery("rescue", of: "main", phase: .detecting),
                ])
            }, says: []),
        RuleCase(
            "the older of two recoveries that were admitted at once", bare,
            ["metadata.creationTimestamp": "2026-01-02T03:04:05Z", "status.phase": "AwaitingApproval"],
            in: world {
                $0.recoveries = .found([
                    World.recovery("second", of: "main", phase: .awaitingApproval, created: "2026-01-02T03:04:06Z")
                ])
            }, options: RuleOptions(olderGoesOn: true), says: []),
        RuleCase(
            "the younger of two recoveries that were admitted at once", bare,
            ["metadata.creationTimestamp": "2026-01-02T03:04:05Z"],
            in: world {
                $0.recoveries = .found([
                    World.recovery("first", of: "main", phase: .detecting, created: "2026-01-02T03:04:05Z")
                ])
            }, options: RuleOptions(olderGoesOn: true),
            says: [
                #"error recovery.clusterRef.inFlight spec.clusterRef: Duplicate value: "main": EtcdRecovery "first" (Detecting) is about it already: go on with that one, or abort it first"#
            ]),
        RuleCase(
            "the older, but the younger has begun", bare, ["metadata.creationTimestamp": "2026-01-02T03:04:05Z"],
            in: world {
                $0.recoveries = .found([
                    World.recovery("second", of: "main", phase: .snapshotting, created: "2026-01-02T03:04:06Z")
                ])
            }, options: RuleOptions(olderGoesOn: true),
            says: [
                #"error recovery.clusterRef.inFlight spec.clusterRef: Duplicate value: "main": EtcdRecovery "second" (Snapshotting) is about it already: go on with that one, or abort it first"#
            ]),
        RuleCase(
            "a restore into the cluster", bare,
            in: world { $0.restores = .found([World.restore("back", into: "main", phase: .restoring)]) },
            says: [
                #"error recovery.clusterRef.restoring spec.clusterRef: Forbidden: EtcdRestore "back" (Restoring) is filling "main": wait for its end, or delete it first"#
            ]),
        RuleCase(
            "restores that have ended, and into another cluster", bare,
            in: world {
                $0.restores = .found([
                    World.restore("back", into: "main", phase: .completed),
                    World.restore("not", into: "main", phase: .failed),
                    World.restore("copy", into: "copy", phase: .restoring),
                ])
            }, says: []),
        RuleCase(
            "a namespace without the kind", bare, in: world { $0.recoveries = .absent }, says: []),
        RuleCase(
            "recoveries that cannot be looked up", bare,
            in: world { $0.recoveries = .unavailable("the API server answered 403 Forbidden") },
            says: [
                #"error lookup.unavailable spec.clusterRef: Could not be checked: whether another EtcdRecovery or an EtcdRestore is at work on "main": the API server answered 403 Forbidden"#
            ]),
    ]

    private static let bare = Sample.recovery.setting(["spec": ["clusterRef": "main"]])

    private static func world(_ change: (inout World) -> Void) -> World {
        var world = World.prod
        change(&world)
        return world
    }

    private static func setWorld(replicas: Int32?) -> World {
        world {
            $0.clusters["main"] = .absent
            $0.statefulSets["main"] = .found(
                StatefulSet(metadata: World.meta("main"), spec: .init(replicas: replicas)))
        }
    }

    private static func cluster(size: Int64?) -> LookedUp<EtcdCluster> {
        .found(EtcdCluster(metadata: World.meta("main"), spec: EtcdCluster.Spec(size: size)))
    }
}
