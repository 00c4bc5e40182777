@testable import EtcdRecoverModel

enum BackupCases {
    static let all = [
        RuleCase(
            "no cluster", Sample.backup, ["spec.clusterRef": .null],
            says: [
                "error backup.clusterRef.required spec.clusterRef: Required value: name the EtcdCluster to back up"
            ]),
        RuleCase(
            "an empty cluster", Sample.backup, ["spec.clusterRef": ""],
            says: [
                "error backup.clusterRef.required spec.clusterRef: Required value: name the EtcdCluster to back up"
            ]),
        RuleCase(
            "a cluster in capitals", Sample.backup, ["spec.clusterRef": "Main"],
            says: [
                #"error backup.clusterRef.invalid spec.clusterRef: Invalid value: "Main": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#
            ]),
        RuleCase(
            "a cluster with a dot", Sample.backup, ["spec.clusterRef": "a.b"],
            says: [
                #"error backup.clusterRef.invalid spec.clusterRef: Invalid value: "a.b": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#
            ]),
        RuleCase(
            "a cluster of 53 letters", Sample.backup, ["spec.clusterRef": .string(String(repeating: "a", count: 53))],
            says: [
                #"error backup.clusterRef.invalid spec.clusterRef: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#
            ]),
        RuleCase(
            "a cluster that is not there", Sample.backup, ["spec.clusterRef": "other"],
            says: [
                #"error backup.clusterRef.notFound spec.clusterRef: Not found: "other": there is no EtcdCluster of that name in namespace "prod": name one that exists"#
            ]),
        RuleCase("a StatefulSet in a cluster's place", Sample.backup, in: statefulSetOnly, says: []),
        RuleCase(
            "a cluster that cannot be looked up", Sample.backup, in: unanswered,
            says: [
                #"error lookup.unavailable spec.clusterRef: Could not be checked: whether EtcdCluster "main" exists: the API server answered 403 Forbidden"#
            ]),
        RuleCase(
            "the same with --lookup-failure=warn", Sample.backup, in: unanswered,
            options: RuleOptions(unavailableLookup: .warning),
            says: [
                #"warning lookup.unavailable spec.clusterRef: Could not be checked: whether EtcdCluster "main" exists: the API server answered 403 Forbidden"#
            ]),
        RuleCase(
            "a timeout without a unit", Sample.backup, ["spec.snapshotTimeout": "10"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "10": must be a duration such as 10m, 90s or 1h30m: a number needs a unit (ns, us, ms, s, m or h)"#
            ]),
        RuleCase(
            "a timeout in days", Sample.backup, ["spec.snapshotTimeout": "1d"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "1d": must be a duration such as 10m, 90s or 1h30m: "d" is no unit (ns, us, ms, s, m or h)"#
            ]),
        RuleCase(
            "a timeout in words", Sample.backup, ["spec.snapshotTimeout": "ten minutes"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "ten minutes": must be a duration such as 10m, 90s or 1h30m"#
            ]),
        RuleCase(
            "a timeout below 10s", Sample.backup, ["spec.snapshotTimeout": "9.999s"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "9.999s": must be at least 10s"#
            ]),
        RuleCase(
            "a negative timeout", Sample.backup, ["spec.snapshotTimeout": "-10m"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "-10m": must be at least 10s"#
            ]),
        RuleCase(
            "a timeout above a day", Sample.backup, ["spec.snapshotTimeout": "24h0m0.000000001s"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "24h0m0.000000001s": must be at most 24h"#
            ]),
        RuleCase(
            "a timeout beyond any", Sample.backup, ["spec.snapshotTimeout": "9999999999999999h"],
            says: [
                #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "9999999999999999h": must be at most 24h"#
            ]),
        RuleCase("a timeout of a day", Sample.backup, ["spec.snapshotTimeout": "24h"], says: []),
        RuleCase(
            "less than nothing retained", Sample.backup, ["spec.retention.retainCount": -1],
            says: [
                "error backup.retention.retainCount.invalid spec.retention.retainCount: Invalid value: -1: must be 0 (keep every snapshot) to 10000"
            ]),
        RuleCase(
            "10001 retained", Sample.backup, ["spec.retention.retainCount": 10_001],
            says: [
                "error backup.retention.retainCount.invalid spec.retention.retainCount: Invalid value: 10001: must be 0 (keep every snapshot) to 10000"
            ]),
        RuleCase(
            "no retention", Sample.backup, ["spec.retention": .null],
            says: [
                "warning backup.retention.unbounded spec.retention.retainCount: every snapshot is kept, so storage grows for ever: set retainCount to the number of snapshots to keep"
            ]),
        RuleCase(
            "no retention, but a schedule", Sample.backup,
            [
                "spec.retention": .null,
                "metadata.ownerReferences": [
                    ["apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdBackupSchedule", "name": "s", "uid": "1"]
                ],
            ], says: []),
        RuleCase("a snapshot that goes with its object", Sample.backup, ["spec.deletionPolicy": "Delete"], says: []),
        RuleCase(
            "no retention, but a snapshot that goes with its object", Sample.backup,
            ["spec.retention": .null, "spec.deletionPolicy": "Delete"], says: []),
        RuleCase(
            "a policy that there is not", Sample.backup, ["spec.deletionPolicy": "Orphan"],
            says: [
                #"error backup.deletionPolicy.unsupported spec.deletionPolicy: Unsupported value: "Orphan": supported values: "Retain", "Delete""#
            ]),
        tenFaults,
    ]

    static let statefulSetOnly = {
        var world = World.prod
        world.clusters["main"] = .absent
        world.statefulSets["main"] = .found(StatefulSet(metadata: ObjectMeta(name: "main", namespace: "prod")))
        return world
    }()

    static let unanswered = {
        var world = World.prod
        world.clusters["main"] = .unavailable("the API server answered 403 Forbidden")
        return world
    }()

    /// Each of the ten stands at another place.
    static let tenFaults = RuleCase(
        "ten faults at once", Sample.backup,
        [
            "metadata.name": "Nightly", "metadata.labels": ["spare": true], "spec.clusterRef": "Main",
            "spec.destination.provider": "azure", "spec.destination.prefix": "/backups",
            "spec.destination.secretRef.name": "S3", "spec.destination.s3.bucket": "My_Bucket",
            "spec.destination.s3.endpont": "https://s3.example.com", "spec.snapshotTimeout": "10",
            "spec.retention.retainCount": "7",
        ],
        says: [
            #"error metadata.name.invalid metadata.name: Invalid value: "Nightly": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#,
            #"error shape.type metadata.labels.spare: Invalid value: true: must be a string, not a boolean: write "true", with the quotes"#,
            #"error backup.clusterRef.invalid spec.clusterRef: Invalid value: "Main": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#,
            #"error destination.provider.unsupported spec.destination.provider: Unsupported value: "azure": supported values: "s3", "gcs""#,
            #"error destination.prefix.invalid spec.destination.prefix: Invalid value: "/backups": must not begin with a slash"#,
            #"error destination.secretRef.name.invalid spec.destination.secretRef.name: Invalid value: "S3": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#,
            #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "My_Bucket": must consist of lower-case letters, digits, dots and hyphens; must start and end with a lower-case letter or digit"#,
            #"error shape.unknownField spec.destination.s3.endpont: Forbidden: unknown field: did you mean "endpoint"?"#,
            #"error backup.snapshotTimeout.invalid spec.snapshotTimeout: Invalid value: "10": must be a duration such as 10m, 90s or 1h30m: a number needs a unit (ns, us, ms, s, m or h)"#,
            #"error shape.type spec.retention.retainCount: Invalid value: "7": must be an integer (int32), not a string: write it without quotes"#,
        ])
}
