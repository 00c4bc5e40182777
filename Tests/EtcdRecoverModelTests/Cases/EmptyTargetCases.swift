@testable import EtcdRecoverModel

enum EmptyTargetCases {
    private static func row(_ name: String, _ expected: [String], _ change: (inout World) -> Void) -> RuleCase {
        var world = World.prod
        change(&world)
        return RuleCase(name, Sample.restore, in: world, says: expected)
    }

    private static func cluster(_ status: EtcdCluster.Status?) -> LookedUp<EtcdCluster> {
        .found(EtcdCluster(metadata: World.meta("copy"), status: status))
    }

    private static func set(_ replicas: Int32?, templates: [String] = []) -> LookedUp<StatefulSet> {
        .found(
            StatefulSet(
                metadata: World.meta("copy"),
                spec: .init(
                    replicas: replicas,
                    volumeClaimTemplates: templates.map { PersistentVolumeClaim(metadata: ObjectMeta(name: $0)) })))
    }

    private static func claims(_ names: String...) -> LookedUp<[PersistentVolumeClaim]> {
        .found(names.map { PersistentVolumeClaim(metadata: World.meta($0)) })
    }

    private static func pods(_ names: String...) -> LookedUp<[Pod]> {
        .found(names.map { Pod(metadata: World.meta($0)) })
    }

    static let all = [
        row("an empty shell", []) { $0.clusters["copy"] = cluster(nil) },
        row("an empty shell in the StatefulSet layout", []) {
            $0.clusters["copy"] = cluster(.init(readyReplicas: 0))
            $0.statefulSets["copy"] = set(0)
        },
        row(
            "a ready member",
            [
                #"error restore.target.readyMembers spec.target.name: Forbidden: EtcdCluster "copy" has 1 ready member with data: restore into another name, or remove what is there first"#
            ]
        ) { $0.clusters["copy"] = cluster(.init(readyReplicas: 1)) },
        row(
            "healthy members of the Pods layout",
            [
                #"error restore.target.readyMembers spec.target.name: Forbidden: EtcdCluster "copy" has 2 ready members with data: restore into another name, or remove what is there first"#,
                #"error restore.target.pods spec.target.name: Forbidden: "copy" has pod "copy-0" and 2 more: restore into another name, or remove what is there first"#,
            ]
        ) {
            var member = EtcdCluster.Member()
            member.isHealthy = true
            $0.clusters["copy"] = cluster(.init(members: [member, member, EtcdCluster.Member()]))
            $0.pods = pods("copy-0", "copy-1", "copy-2")
        },
        row(
            "a StatefulSet that says nothing of replicas",
            [
                #"error restore.target.replicas spec.target.name: Forbidden: StatefulSet "copy" has 1 replica: restore into another name, or remove what is there first"#
            ]
        ) { $0.statefulSets["copy"] = set(nil) },
        row(
            "a plain StatefulSet with three",
            [
                #"error restore.target.replicas spec.target.name: Forbidden: StatefulSet "copy" has 3 replicas: restore into another name, or remove what is there first"#
            ]
        ) { $0.statefulSets["copy"] = set(3) },
        row(
            "a StatefulSet that is still shrinking",
            [
                #"error restore.target.replicas spec.target.name: Forbidden: StatefulSet "copy" has 2 replicas: restore into another name, or remove what is there first"#
            ]
        ) {
            var set = StatefulSet(metadata: World.meta("copy"), spec: .init(replicas: 0), status: .init())
            set.status?.replicas = 2
            $0.statefulSets["copy"] = .found(set)
        },
        row(
            "a member's pod",
            [
                #"error restore.target.pods spec.target.name: Forbidden: "copy" has pod "copy-0": restore into another name, or remove what is there first"#
            ]
        ) { $0.pods = pods("copy-0") },
        row("pods that only share the label", []) { $0.pods = pods("copy-7d9f8b6c5-x2x9z", "copy-admin") },
        row(
            "volumes of an earlier life",
            [
                #"error restore.target.volumes spec.target.name: Forbidden: "copy" has volume claim "etcd-data-copy-0" and 1 more: restore into another name, or remove what is there first"#
            ]
        ) { $0.claims = claims("etcd-data-copy-0", "etcd-data-copy-1") },
        row("volumes of a cluster with a longer name", []) {
            $0.claims = claims("etcd-data-copy-b-0", "etcd-data-copy")
        },
        row(
            "volumes of a plain StatefulSet",
            [
                #"error restore.target.volumes spec.target.name: Forbidden: "copy" has volume claim "data-copy-0": restore into another name, or remove what is there first"#
            ]
        ) {
            $0.statefulSets["copy"] = set(0, templates: ["data"])
            $0.claims = claims("data-copy-0")
        },
        row(
            "another restore that has not begun",
            [
                #"error restore.target.inFlight spec.target.name: Duplicate value: "copy": EtcdRestore "first" already restores into it: wait for its end, or use another name"#
            ]
        ) {
            $0.restores = .found([World.restore("first", into: "copy", phase: nil)])
        },
        row(
            "another restore in flight",
            [
                #"error restore.target.inFlight spec.target.name: Duplicate value: "copy": EtcdRestore "first" (Restoring) already restores into it: wait for its end, or use another name"#
            ]
        ) {
            $0.restores = .found([World.restore("first", into: "copy", phase: .restoring)])
        },
        row("other restores that ended, or go elsewhere, and itself", []) {
            $0.restores = .found([
                World.restore("one", into: "copy", phase: .completed),
                World.restore("two", into: "copy", phase: .failed),
                World.restore("three", into: "other", phase: .restoring),
                World.restore("again", into: "copy", phase: .pending),
            ])
        },
        RuleCase(
            "the older of two that were admitted at once", Sample.restore,
            ["metadata.creationTimestamp": "2026-01-02T03:04:05Z"], in: younger,
            options: RuleOptions(olderGoesOn: true), says: []),
        RuleCase(
            "the second of two at admission, its name first and in the same second", Sample.restore,
            ["metadata.creationTimestamp": "2026-01-02T03:04:06Z"], in: younger,
            says: [
                #"error restore.target.inFlight spec.target.name: Duplicate value: "copy": EtcdRestore "second" (Pending) already restores into it: wait for its end, or use another name"#
            ]),
        RuleCase(
            "the younger of two", Sample.restore, ["metadata.creationTimestamp": "2026-01-02T03:04:07Z"], in: younger,
            options: RuleOptions(olderGoesOn: true),
            says: [
                #"error restore.target.inFlight spec.target.name: Duplicate value: "copy": EtcdRestore "second" (Pending) already restores into it: wait for its end, or use another name"#
            ]),
        row(
            "questions without an answer",
            [
                #"error lookup.unavailable spec.target.name: Could not be checked: whether the target "copy" is empty: timed out after 5s"#
            ]
        ) {
            $0.pods = .unavailable("timed out after 5s")
            $0.claims = .unavailable("timed out after 5s")
            $0.restores = .unavailable("timed out after 5s")
        },
    ]

    private static let younger = {
        var world = World.prod
        world.restores = .found([
            World.restore("second", into: "copy", phase: .pending, created: "2026-01-02T03:04:06Z")
        ])
        return world
    }()
}
