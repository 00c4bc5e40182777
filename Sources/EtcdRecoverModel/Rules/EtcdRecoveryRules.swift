enum EtcdRecoveryRules {
    static let clusterRequired = Rule(
        "recovery.clusterRef.required", .recovery, at: "spec.clusterRef", .required, "A cluster is named.")
    static let clusterInvalid = Rule(
        "recovery.clusterRef.invalid", .recovery, at: "spec.clusterRef", .invalid,
        "The cluster's name is a DNS-1123 label of at most 52 characters: pods and volume claims are named after it.")
    static let decidedOnCreation = Rule(
        "recovery.decision.onCreation", .recovery,
        at: "spec.approved, spec.approvedDigest, spec.aborted, spec.acknowledged", .forbidden,
        "Nothing is decided on creation: a decision is a change, made by somebody who has seen the status.")
    static let survivorInvalid = Rule(
        "recovery.survivor.invalid", .recovery, at: "spec.survivor", .invalid,
        "The survivor is the pod of a member, `<cluster>-<ordinal>`.")
    static let survivorChosen = Rule(
        "recovery.survivor.chosen", .recovery, at: "spec.survivor", .warning, .invalid,
        "The survivor is left to be the member that knows most.")
    static let gracePeriodInvalid = Rule(
        "recovery.gracePeriod.invalid", .recovery, at: "spec.gracePeriod", .invalid, "A Go duration from 10s to 1h.")
    static let timeoutInvalid = Rule(
        "recovery.recoveryTimeout.invalid", .recovery, at: "spec.recoveryTimeout", .invalid,
        "A Go duration from 1m to 24h.")
    static let all = [
        clusterRequired, clusterInvalid, decidedOnCreation, survivorInvalid, survivorChosen, gracePeriodInvalid,
        timeoutInvalid,
    ]

    static func judge(_ recovery: EtcdRecovery, _ spec: EtcdRecovery.Spec, _ options: RuleOptions) -> [Finding] {
        let path = FieldPath("spec")
        var findings: [Finding] = []
        ClusterNameRules.judge(
            spec.clusterRef, at: path["clusterRef"], required: clusterRequired, "to recover",
            invalid: clusterInvalid, into: &findings)
        // One that has a phase was created before; what was decided since is judged with the change that decides it.
        if !recovery.hasPhase { judgeDecisions(spec, at: path, into: &findings) }
        judgeSurvivor(spec, at: path["survivor"], into: &findings)
        TimeoutRules.judge(
            spec.gracePeriod, at: path["gracePeriod"], within: .grace, gracePeriodInvalid, into: &findings)
        TimeoutRules.judge(
            spec.recoveryTimeout, at: path["recoveryTimeout"], within: .recovery, timeoutInvalid, into: &findings)
        // Without one the controller takes that of the newest backup.
        if let destination = spec.destination {
            DestinationRules.judge(
                destination, at: path["destination"], keyLength: recovery.longestKeyLength, options, into: &findings)
        }
        return FieldOrder(schema: EtcdRecovery.wholeSchema).sorted(findings)
    }

    private static func judgeDecisions(
        _ spec: EtcdRecovery.Spec, at path: FieldPath, into findings: inout [Finding]
    ) {
        let decisions: [(field: String, isMade: Bool, when: String)] = [
            ("approved", spec.approved == true, "once its phase is AwaitingApproval"),
            ("approvedDigest", spec.approvedDigest.ifGiven != nil, "together with approved"),
            ("aborted", spec.aborted == true, "on the object that is to be called off"),
            ("acknowledged", spec.acknowledged == true, "once it has ended and you have read status.dataLoss"),
        ]
        findings += decisions.filter(\.isMade).map { decision in
            Finding(
                decidedOnCreation, at: path[decision.field],
                "nobody has seen the state of this recovery yet: create it without, and set this \(decision.when)")
        }
    }

    private static func judgeSurvivor(_ spec: EtcdRecovery.Spec, at path: FieldPath, into findings: inout [Finding]) {
        guard let survivor = spec.survivor.ifGiven else { return }
        let pod = PodOrdinal(survivor)
        // Whose pod it is cannot be told of a cluster that has no name.
        let cluster = ClusterNameRules.isValid(spec.clusterRef) ? spec.clusterRef : pod?.base
        guard let pod, pod.base == cluster else {
            findings.append(
                Finding(
                    survivorInvalid, at: path, value: quoted(survivor),
                    "must be the name of a member's pod, such as \(quoted("\(cluster ?? "main")-0"))"))
            return
        }
        findings.append(
            Finding(
                survivorChosen, at: path,
                "\(survivor) is kept because you say so, even where another member knows more, which is lost then: leave "
                    + "survivor out to keep the one with the highest raft term and index"))
    }
}

extension TimeoutRules.Bounds {
    fileprivate static let grace = Self(range: .seconds(10)...(.seconds(3600)), shortest: "10s", longest: "1h")
    fileprivate static let recovery = Self(range: .seconds(60)...(.seconds(24 * 3600)), shortest: "1m", longest: "24h")
}

extension EtcdRecovery {
    /// Bytes behind the prefix in `<prefix>/<cluster>.rescue/<name>/<member>-<yyyyMMddTHHmmssZ>.db`, at most.
    var longestKeyLength: Int {
        let cluster = spec?.clusterRef?.utf8.count ?? 0
        let name = metadata.name?.utf8.count ?? metadata.generateName.map { $0.utf8.count + 5 } ?? 253
        let member = cluster + "-2147483647".utf8.count
        return "/".utf8.count + cluster + ".rescue/".utf8.count + name + "/".utf8.count + member
            + "-20060102T150405Z.db".utf8.count
    }
}
