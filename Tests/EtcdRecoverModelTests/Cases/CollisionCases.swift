@testable import EtcdRecoverModel

enum CollisionCases {
    private static func row(
        _ name: String, beside other: EtcdBackup, retainCount: Int64 = 7, _ expected: [String]
    ) -> RuleCase {
        var world = World.prod
        world.backups = .found([other])
        return RuleCase(
            name, Sample.backup, ["spec.retention.retainCount": .int(retainCount)], in: world, says: expected)
    }

    private static let clash =
        #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/main/": an EtcdBackup in another namespace writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#

    private static func beside(endpoint: String) -> World {
        var world = World.prod
        var other = World.backup("x", in: "dev", cluster: "main", prefix: "backups")
        other.spec?.destination?.s3?.endpoint = endpoint
        world.backups = .found([other])
        return world
    }

    private static let around = {
        var world = World.prod
        world.backups = .found([World.backup("x", in: "prod", cluster: "backups", prefix: nil)])
        return world
    }()

    private static let decomposed = {
        var world = World.prod
        world.backups = .found([World.backup("x", in: "dev", cluster: "main", prefix: "cafe\u{301}")])
        return world
    }()

    static let all = [
        row("the same cluster's", beside: World.backup("old", in: "prod", cluster: "main", prefix: "backups/"), []),
        row("itself", beside: World.backup("nightly", in: "prod", cluster: "main", prefix: "backups"), []),
        row(
            "a namesake's in another namespace",
            beside: World.backup("x", in: "dev", cluster: "main", prefix: "backups"),
            [
                #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/main/": an EtcdBackup in another namespace writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#
            ]),
        row(
            "one inside", beside: World.backup("x", in: "prod", cluster: "other", prefix: "backups/main"),
            [
                #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/main/": EtcdBackup "x" of cluster "other" writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#
            ]),
        row(
            "one around", beside: World.backup("x", in: "prod", cluster: "backups", prefix: nil),
            [
                #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/main/": EtcdBackup "x" of cluster "backups" writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#
            ]),
        RuleCase(
            "one around, where a combining mark follows the slash", Sample.backup,
            ["spec.destination.prefix": "backups/\u{301}x"], in: around,
            says: [
                #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/\#u{301}x/main/": EtcdBackup "x" of cluster "backups" writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#
            ]),
        RuleCase(
            "a namesake's under the other spelling of a letter", Sample.backup,
            ["spec.destination.prefix": "caf\u{e9}"], in: decomposed, says: []),
        row("a neighbour's", beside: World.backup("x", in: "dev", cluster: "other", prefix: "backups"), []),
        row("a longer name's", beside: World.backup("x", in: "dev", cluster: "main2", prefix: "backups"), []),
        row(
            "another bucket's",
            beside: World.backup("x", in: "dev", cluster: "main", bucket: "else", prefix: "backups"), []),
        RuleCase(
            "a namesake's in a MinIO behind another load balancer", Sample.backup,
            ["spec.destination.s3.endpoint": "https://minio-1.eu-west-1.elb.amazonaws.com"],
            in: beside(endpoint: "https://minio-2.eu-west-1.elb.amazonaws.com"), says: []),
        RuleCase(
            "a namesake's in the same MinIO", Sample.backup,
            ["spec.destination.s3.endpoint": "https://minio-1.eu-west-1.elb.amazonaws.com"],
            in: beside(endpoint: "https://minio-1.eu-west-1.elb.amazonaws.com:443/"), says: [clash]),
        RuleCase(
            "a namesake's at another of Amazon's names", Sample.backup,
            ["spec.destination.s3.endpoint": "https://s3.eu-central-1.amazonaws.com"],
            in: beside(endpoint: "https://s3.dualstack.eu-central-1.amazonaws.com"), says: [clash]),
        row(
            "a failed one's", beside: World.backup("x", in: "dev", cluster: "main", prefix: "backups", phase: .failed),
            []),
        row(
            "one where nobody deletes", beside: World.backup("x", in: "dev", cluster: "main", prefix: "backups"),
            retainCount: 0,
            [
                "warning backup.retention.unbounded spec.retention.retainCount: every snapshot is kept, so storage grows for ever: set retainCount to the number of snapshots to keep"
            ]),
        row(
            "one that deletes here",
            beside: World.backup("x", in: "dev", cluster: "main", prefix: "backups", retainCount: 3),
            retainCount: 0,
            [
                #"error destination.prefix.collision spec.destination.prefix: Duplicate value: "backups/main/": an EtcdBackup in another namespace writes there too, or above or below it, and retention could delete the wrong cluster's snapshots: give each cluster a prefix of its own"#,
                "warning backup.retention.unbounded spec.retention.retainCount: every snapshot is kept, so storage grows for ever: set retainCount to the number of snapshots to keep",
            ]),
        RuleCase(
            "others that cannot be listed", Sample.backup, in: unlisted,
            says: [
                "error lookup.unavailable spec.destination.prefix: Could not be checked: whether another cluster's backups go to the same place: the API server answered 403 Forbidden"
            ]),
    ]

    private static let unlisted = {
        var world = World.prod
        world.backups = .unavailable("the API server answered 403 Forbidden")
        return world
    }()
}
