enum EtcdRestoreRules {
    static let sourceRequired = Rule(
        "restore.source.required", .restore, at: "spec.source", .required,
        "The source is a backupRef or a location.")
    static let sourceAmbiguous = Rule(
        "restore.source.ambiguous", .restore, at: "spec.source", .forbidden,
        "backupRef and location are not both set.")
    static let backupNameRequired = Rule(
        "restore.source.backupRef.name.required", .restore, at: "spec.source.backupRef.name", .required,
        "A backupRef names an EtcdBackup.")
    static let backupNameInvalid = Rule(
        "restore.source.backupRef.name.invalid", .restore, at: "spec.source.backupRef.name", .invalid,
        "The EtcdBackup's name is a valid object name.")
    static let keyRequired = Rule(
        "restore.source.location.key.required", .restore, at: "spec.source.location.key", .required,
        "A location has the snapshot's key.")
    static let keyInvalid = Rule(
        "restore.source.location.key.invalid", .restore, at: "spec.source.location.key", .invalid,
        "The key is relative to the prefix: no leading slash, no empty, `.` or `..` segment, no control character, no "
            + "backslash, at most 1024 bytes.")
    static let unverified = Rule(
        "restore.source.skipHashCheck", .restore, at: "spec.source.skipHashCheck", .warning, .invalid,
        "The snapshot's hash is checked; skipHashCheck is for raw copies of member/snap/db only.")
    static let targetRequired = Rule(
        "restore.target.required", .restore, at: "spec.target", .required, "There is a target.")
    static let nameRequired = Rule(
        "restore.target.name.required", .restore, at: "spec.target.name", .required, "The target is named.")
    static let nameInvalid = Rule(
        "restore.target.name.invalid", .restore, at: "spec.target.name", .invalid,
        "The target's name is a DNS-1123 label of at most 52 characters: pods and volume claims are named after it.")
    static let sizeInvalid = Rule(
        "restore.target.size.invalid", .restore, at: "spec.target.size", .invalid, "1 to 9 members.")
    static let sizeEven = Rule(
        "restore.target.size.even", .restore, at: "spec.target.size", .warning, .invalid,
        "An odd number of members: an even one tolerates no more failures than the odd one below it.")
    static let versionRequired = Rule(
        "restore.target.version.required", .restore, at: "spec.target.version", .required,
        "A version is named with a location, and with a backupRef when the backup's cluster is gone.")
    static let versionInvalid = Rule(
        "restore.target.version.invalid", .restore, at: "spec.target.version", .invalid,
        "`v?MAJOR.MINOR.PATCH` with an optional pre-release.")
    static let versionUnsupported = Rule(
        "restore.target.version.unsupported", .restore, at: "spec.target.version", .invalid, "At least 3.4.")
    static let revisionBumpInvalid = Rule(
        "restore.target.revisionBump.invalid", .restore, at: "spec.target.revisionBump", .invalid, "0 to 2^40.")
    static let timeoutInvalid = Rule(
        "restore.restoreTimeout.invalid", .restore, at: "spec.restoreTimeout", .invalid,
        "A Go duration from 10s to 24h.")
    static let all = [
        sourceRequired, sourceAmbiguous, backupNameRequired, backupNameInvalid, keyRequired, keyInvalid, unverified,
        targetRequired, nameRequired, nameInvalid, sizeInvalid, sizeEven, versionRequired, versionInvalid,
        versionUnsupported, revisionBumpInvalid, timeoutInvalid,
    ]

    static func judge(_ spec: EtcdRestore.Spec, _ options: RuleOptions) -> [Finding] {
        let path = FieldPath("spec")
        var findings: [Finding] = []
        judgeSource(spec.source, at: path["source"], options, into: &findings)
        if let target = spec.target {
            judgeTarget(
                target, isAtLocation: spec.source?.location != nil, at: path["target"], into: &findings)
        } else {
            findings.append(
                Finding(targetRequired, at: path["target"], "name the EtcdCluster to create in target.name"))
        }
        TimeoutRules.judge(spec.restoreTimeout, at: path["restoreTimeout"], timeoutInvalid, into: &findings)
        return findings
    }

    private static func judgeSource(
        _ source: EtcdRestore.Source?, at path: FieldPath, _ options: RuleOptions, into findings: inout [Finding]
    ) {
        if source?.backupRef == nil, source?.location == nil {
            findings.append(
                Finding(
                    sourceRequired, at: path,
                    "set backupRef to restore from an EtcdBackup, or location for a snapshot "
                        + "that none describes"))
        } else if source?.backupRef != nil, source?.location != nil {
            findings.append(Finding(sourceAmbiguous, at: path, "backupRef and location are both set: keep one of them"))
        }
        if let backupRef = source?.backupRef {
            judgeBackupName(backupRef.name, at: path["backupRef"]["name"], into: &findings)
        }
        if let location = source?.location {
            let path = path["location"]
            DestinationRules.judge(
                location.destination, at: path["destination"],
                keyLength: "/".utf8.count + (location.key?.utf8.count ?? 0), options, into: &findings)
            judgeKey(location.key, at: path["key"], into: &findings)
        }
        if source?.skipHashCheck == true {
            findings.append(
                Finding(
                    unverified, at: path["skipHashCheck"],
                    "nothing proves that the snapshot is whole: use it only for a raw copy of member/snap/db, which "
                        + "carries no hash"))
        }
    }

    private static func judgeBackupName(_ name: String?, at path: FieldPath, into findings: inout [Finding]) {
        guard let name = name.ifGiven else {
            findings.append(Finding(backupNameRequired, at: path, "name a Completed EtcdBackup in the same namespace"))
            return
        }
        if let problem = KubernetesName.subdomainProblem(name) {
            findings.append(Finding(backupNameInvalid, at: path, value: quoted(name), problem))
        }
    }

    private static func judgeKey(_ key: String?, at path: FieldPath, into findings: inout [Finding]) {
        guard let key = key.ifGiven else {
            findings.append(Finding(keyRequired, at: path, "give the snapshot's key behind the prefix"))
            return
        }
        var problems = PrefixRules.problems(inPath: key)
        if ["s3://", "gs://"].contains(where: { key.utf8.starts(with: $0.utf8) }) {
            problems = ["must be the part behind the bucket and the prefix, not a whole URI"]
        }
        if key.utf8.count > PrefixRules.longestKey { problems.append("must have at most 1024 bytes") }
        if !problems.isEmpty {
            findings.append(Finding(keyInvalid, at: path, value: quoted(key), problems.joined(separator: "; ")))
        }
    }

    private static func judgeTarget(
        _ target: EtcdRestore.Target, isAtLocation: Bool, at path: FieldPath, into findings: inout [Finding]
    ) {
        ClusterNameRules.judge(
            target.name, at: path["name"], required: nameRequired, "to create", invalid: nameInvalid,
            into: &findings)
        judgeSize(target.size ?? 1, at: path["size"], into: &findings)
        judgeVersion(target.version, isRequired: isAtLocation, at: path["version"], into: &findings)
        StorageRules.judge(target.storageSpec, at: path["storageSpec"], into: &findings)
        if let bump = target.revisionBump, !(0...(1 << 40)).contains(bump) {
            findings.append(
                Finding(
                    revisionBumpInvalid, at: path["revisionBump"], value: "\(bump)",
                    "must be 0 to 1099511627776 (2^40)"))
        }
    }

    private static func judgeSize(_ size: Int64, at path: FieldPath, into findings: inout [Finding]) {
        if !(1...9).contains(size) {
            findings.append(Finding(sizeInvalid, at: path, value: "\(size)", "must be 1 to 9 members"))
        } else if size.isMultiple(of: 2) {
            findings.append(
                Finding(
                    sizeEven, at: path,
                    "\(size) members tolerate no more failures than \(size - 1): use \(size - 1) or \(size + 1)"))
        }
    }

    private static func judgeVersion(
        _ version: String?, isRequired: Bool, at path: FieldPath, into findings: inout [Finding]
    ) {
        guard let text = version.ifGiven else {
            if isRequired {
                findings.append(
                    Finding(
                        versionRequired, at: path,
                        "a location does not tell: name the etcd version to run, such as v3.5.21"))
            }
            return
        }
        guard let version = EtcdVersion(text) else {
            findings.append(
                Finding(
                    versionInvalid, at: path, value: quoted(text), "must be a version such as v3.5.21 or 3.6.0-rc.1"))
            return
        }
        if !version.isSupported {
            findings.append(Finding(versionUnsupported, at: path, value: quoted(text), "must be at least 3.4"))
        }
    }
}
