@testable import EtcdRecoverModel

enum RestoreCases {
    private static let located = "spec.source.location"

    static let all = [
        RuleCase("a restore as it should be", Sample.restore, says: []),
        RuleCase("a location as it should be", Sample.located, says: []),
        RuleCase(
            "no source", Sample.restore, ["spec.source": .null],
            says: [
                "error restore.source.required spec.source: Required value: set backupRef to restore from an EtcdBackup, or location for a snapshot that none describes"
            ]),
        RuleCase(
            "an empty source", Sample.restore, ["spec.source": [:]],
            says: [
                "error restore.source.required spec.source: Required value: set backupRef to restore from an EtcdBackup, or location for a snapshot that none describes"
            ]),
        RuleCase(
            "both sources", Sample.located, ["spec.source.backupRef": ["name": "done"]],
            says: [
                "error restore.source.ambiguous spec.source: Forbidden: backupRef and location are both set: keep one of them"
            ]),
        RuleCase(
            "a backupRef without a name", Sample.restore, ["spec.source.backupRef": [:]],
            says: [
                "error restore.source.backupRef.name.required spec.source.backupRef.name: Required value: name a Completed EtcdBackup in the same namespace"
            ]),
        RuleCase(
            "a backup's name with a slash", Sample.restore, ["spec.source.backupRef.name": "../done"],
            says: [
                #"error restore.source.backupRef.name.invalid spec.source.backupRef.name: Invalid value: "../done": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#
            ]),
        RuleCase(
            "no key", Sample.located, ["spec.source.location.key": .null],
            says: [
                "error restore.source.location.key.required spec.source.location.key: Required value: give the snapshot's key behind the prefix"
            ]),
        RuleCase(
            "a key from the root", Sample.located, ["spec.source.location.key": "/main/a.db"],
            says: [
                #"error restore.source.location.key.invalid spec.source.location.key: Invalid value: "/main/a.db": must not begin with a slash"#
            ]),
        RuleCase(
            "a key that climbs", Sample.located, ["spec.source.location.key": "main/../../other.db"],
            says: [
                #"error restore.source.location.key.invalid spec.source.location.key: Invalid value: "main/../../other.db": must not have a segment "." or "..""#
            ]),
        RuleCase(
            "a folder for a key", Sample.located, ["spec.source.location.key": "main/"],
            says: [
                #"error restore.source.location.key.invalid spec.source.location.key: Invalid value: "main/": must not end with a slash"#
            ]),
        RuleCase(
            "a URI for a key", Sample.located, ["spec.source.location.key": "gs://snapshots/backups/main/a.db"],
            says: [
                #"error restore.source.location.key.invalid spec.source.location.key: Invalid value: "gs://snapshots/backups/main/a.db": must be the part behind the bucket and the prefix, not a whole URI"#
            ]),
        RuleCase(
            "a key beyond 1024 bytes", Sample.located,
            ["spec.source.location.key": .string(String(repeating: "k", count: 1025))],
            says: [
                #"error destination.prefix.tooLong spec.source.location.destination.prefix: Invalid value: "backups": with the key behind it, it makes 1033 bytes and the store takes 1024: shorten it by 9"#,
                #"error restore.source.location.key.invalid spec.source.location.key: Invalid value: "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"...: must have at most 1024 bytes"#,
            ]),
        RuleCase(
            "no hash check", Sample.restore, ["spec.source.skipHashCheck": true],
            says: [
                "warning restore.source.skipHashCheck spec.source.skipHashCheck: nothing proves that the snapshot is whole: use it only for a raw copy of member/snap/db, which carries no hash"
            ]),
        RuleCase(
            "no target", Sample.restore, ["spec.target": .null],
            says: [
                "error restore.target.required spec.target: Required value: name the EtcdCluster to create in target.name"
            ]),
        RuleCase(
            "no target name", Sample.restore, ["spec.target.name": .null],
            says: [
                "error restore.target.name.required spec.target.name: Required value: name the EtcdCluster to create"
            ]),
        RuleCase(
            "a target in capitals", Sample.restore, ["spec.target.name": "Copy"],
            says: [
                #"error restore.target.name.invalid spec.target.name: Invalid value: "Copy": must be at most 52 lower-case letters, digits and hyphens, starting and ending with a letter or digit (a DNS-1123 label)"#
            ]),
        RuleCase(
            "no members", Sample.restore, ["spec.target.size": 0],
            says: [
                "error restore.target.size.invalid spec.target.size: Invalid value: 0: must be 1 to 9 members"
            ]),
        RuleCase(
            "ten members", Sample.restore, ["spec.target.size": 10],
            says: [
                "error restore.target.size.invalid spec.target.size: Invalid value: 10: must be 1 to 9 members"
            ]),
        RuleCase(
            "four members", Sample.restore, ["spec.target.size": 4],
            says: [
                "warning restore.target.size.even spec.target.size: 4 members tolerate no more failures than 3: use 3 or 5"
            ]),
        RuleCase("no size", Sample.restore, ["spec.target.size": .null], says: []),
        RuleCase(
            "no version with a location", Sample.located, ["spec.target.version": .null],
            says: [
                "error restore.target.version.required spec.target.version: Required value: a location does not tell: name the etcd version to run, such as v3.5.21"
            ]),
        RuleCase(
            "a version of two parts", Sample.restore, ["spec.target.version": "3.5"],
            says: [
                #"error restore.target.version.invalid spec.target.version: Invalid value: "3.5": must be a version such as v3.5.21 or 3.6.0-rc.1"#
            ]),
        RuleCase(
            "a version that YAML reads as a number", Sample.restore, ["spec.target.version": .double(3.5)],
            says: [
                #"error shape.type spec.target.version: Invalid value: 3.5: must be a string, not a fraction: write "3.5", with the quotes"#
            ]),
        RuleCase(
            "a version of long ago", Sample.located, ["spec.target.version": "v3.3.27"],
            says: [
                #"error restore.target.version.unsupported spec.target.version: Invalid value: "v3.3.27": must be at least 3.4"#
            ]),
        RuleCase("a pre-release", Sample.restore, ["spec.target.version": "3.6.0-rc.1"], says: []),
        RuleCase(
            "a bump below zero", Sample.restore, ["spec.target.revisionBump": -1],
            says: [
                "error restore.target.revisionBump.invalid spec.target.revisionBump: Invalid value: -1: must be 0 to 1099511627776 (2^40)"
            ]),
        RuleCase(
            "a bump beyond 2^40", Sample.restore, ["spec.target.revisionBump": 1_099_511_627_777],
            says: [
                "error restore.target.revisionBump.invalid spec.target.revisionBump: Invalid value: 1099511627777: must be 0 to 1099511627776 (2^40)"
            ]),
        RuleCase("a bump of 2^40", Sample.restore, ["spec.target.revisionBump": 1_099_511_627_776], says: []),
        RuleCase(
            "a timeout without a unit in a restore", Sample.restore, ["spec.restoreTimeout": "600"],
            says: [
                #"error restore.restoreTimeout.invalid spec.restoreTimeout: Invalid value: "600": must be a duration such as 10m, 90s or 1h30m: a number needs a unit (ns, us, ms, s, m or h)"#
            ]),
    ]
}
