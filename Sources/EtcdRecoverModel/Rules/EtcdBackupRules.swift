enum EtcdBackupRules {
    static let clusterRequired = Rule(
        "backup.clusterRef.required", .backup, at: "spec.clusterRef", .required, "A cluster is named.")
    static let clusterInvalid = Rule(
        "backup.clusterRef.invalid", .backup, at: "spec.clusterRef", .invalid,
        "The cluster's name is a DNS-1123 label of at most 52 characters: pods and volume claims are named after it.")
    static let clusterNotFound = Rule(
        "backup.clusterRef.notFound", .backup, at: "spec.clusterRef", .notFound,
        "The EtcdCluster, or a StatefulSet of that name that runs etcd, exists in the backup's namespace.")
    static let timeoutInvalid = Rule(
        "backup.snapshotTimeout.invalid", .backup, at: "spec.snapshotTimeout", .invalid,
        "A Go duration from 10s to 24h.")
    static let retainCountInvalid = Rule(
        "backup.retention.retainCount.invalid", .backup, at: "spec.retention.retainCount", .invalid, "0 to 10000.")
    static let unbounded = Rule(
        "backup.retention.unbounded", .backup, at: "spec.retention.retainCount", .warning, .invalid,
        "Old snapshots are deleted by retention, go with their object or are owned by a schedule; otherwise storage grows "
            + "for ever.")
    static let deletionPolicyUnsupported = Rule(
        "backup.deletionPolicy.unsupported", .backup, at: "spec.deletionPolicy", .notSupported, "`Retain` or `Delete`.")
    static let all = [
        clusterRequired, clusterInvalid, clusterNotFound, timeoutInvalid, retainCountInvalid, unbounded,
        deletionPolicyUnsupported,
    ]

    static func judge(_ backup: EtcdBackup, _ spec: EtcdBackup.Spec, _ options: RuleOptions) -> [Finding] {
        let path = FieldPath("spec")
        var findings: [Finding] = []
        ClusterNameRules.judge(
            spec.clusterRef, at: path["clusterRef"], required: clusterRequired, "to back up",
            invalid: clusterInvalid, into: &findings)
        DestinationRules.judge(
            spec.destination, at: path["destination"], keyLength: backup.longestKeyLength, options,
            into: &findings)
        TimeoutRules.judge(
            spec.snapshotTimeout, at: path["snapshotTimeout"], timeoutInvalid, into: &findings)
        judgeRetention(backup, spec, at: path["retention"]["retainCount"], into: &findings)
        if let policy = spec.deletionPolicy, !policy.rawValue.isEmpty, !EtcdBackup.DeletionPolicy.all.contains(policy) {
            findings.append(
                Finding(
                    deletionPolicyUnsupported, at: path["deletionPolicy"], policy.rawValue,
                    supported: EtcdBackup.DeletionPolicy.all.map(\.rawValue)))
        }
        return findings
    }

    private static func judgeRetention(
        _ backup: EtcdBackup, _ spec: EtcdBackup.Spec, at path: FieldPath, into findings: inout [Finding]
    ) {
        let count = spec.retention?.retainCount ?? 0
        if !(0...10_000).contains(count) {
            findings.append(
                Finding(
                    retainCountInvalid, at: path, value: "\(count)",
                    "must be 0 (keep every snapshot) to 10000"))
        } else if count == 0, spec.deletionPolicy != .delete,
            backup.metadata.ownerReferences?.contains(where: { $0.kind == "EtcdBackupSchedule" }) != true
        {
            findings.append(
                Finding(
                    unbounded, at: path,
                    "every snapshot is kept, so storage grows for ever: set "
                        + "retainCount to the number of snapshots to keep"))
        }
    }
}

extension EtcdBackup {
    /// Bytes behind the prefix in `<prefix>/<cluster>/<name>-<yyyyMMddTHHmmssZ>.db`, at most.
    var longestKeyLength: Int {
        let name = metadata.name?.utf8.count ?? metadata.generateName.map { $0.utf8.count + 5 } ?? 253
        return "/".utf8.count + (spec?.clusterRef?.utf8.count ?? 0) + "/".utf8.count + name
            + "-20060102T150405Z.db".utf8.count
    }
}
