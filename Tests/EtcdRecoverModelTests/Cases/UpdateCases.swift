@testable import EtcdRecoverModel

enum UpdateCases {
    private static let running = Sample.backup.setting(["status.phase": "Uploading"])
    private static let restored = Sample.restore.setting(["status.phase": "Completed"])

    static let all = [
        RuleCase(
            "no spec", Sample.backup, ["spec": .null],
            says: [
                "error spec.required spec: Required value: say what to back up, and where to"
            ]),
        RuleCase(
            "no spec in a restore", Sample.restore, ["spec": .null],
            says: [
                "error spec.required spec: Required value: say what to restore, and into what"
            ]),
        RuleCase(
            "a spec changed after the work began", running,
            ["spec.destination.s3.bucket": "Other", "spec.retention.retainCount": 1], old: running,
            says: [
                "error spec.immutable spec: Forbidden: work has begun, so the spec is a record (changed: destination.s3.bucket, retention.retainCount): put it back, or create another EtcdBackup"
            ]),
        RuleCase(
            "labels changed after the work began", running, ["metadata.labels": ["a": "b"]], old: running, says: []),
        RuleCase("status changed", running, ["status.phase": "Completed"], old: running, says: []),
        RuleCase(
            "a spec changed before any work", Sample.backup, ["spec.destination.s3.bucket": "Other"],
            old: Sample.backup,
            says: [
                #"error destination.s3.bucket.invalid spec.destination.s3.bucket: Invalid value: "Other": must consist of lower-case letters, digits, dots and hyphens; must start and end with a lower-case letter or digit"#
            ]),
        RuleCase(
            "an object of older rules whose finalizer goes", Sample.backup.setting(["spec.clusterRef": "Main"]),
            ["metadata.finalizers": []], old: Sample.backup.setting(["spec.clusterRef": "Main"]), says: []),
        RuleCase(
            "a broken object on its way out", Sample.backup,
            ["spec.clusterRef": "Main", "metadata.deletionTimestamp": "2026-01-02T03:04:05Z"], says: []),
        RuleCase(
            "a manifest without the defaults that the stored object has",
            Sample.backup.setting([
                "spec.snapshotTimeout": .null, "spec.destination.provider": .null,
                "spec.destination.prefix": "backups/",
            ]), old: running, says: []),
        RuleCase(
            "a restore without the version that was filled in", restored, ["spec.target.version": .null], old: restored,
            says: []),
        RuleCase(
            "a restore into another name", restored, ["spec.target.name": "other"], old: restored,
            says: [
                "error spec.immutable spec: Forbidden: work has begun, so the spec is a record (changed: target.name): put it back, or create another EtcdRestore"
            ]),
    ]
}
