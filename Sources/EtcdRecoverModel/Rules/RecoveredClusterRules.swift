/// The cluster that is to be recovered, and who else is at work on it.
enum RecoveredClusterRules {
    static let notFound = Rule(
        "recovery.clusterRef.notFound", .recovery, at: "spec.clusterRef", .notFound,
        "The EtcdCluster, or a StatefulSet of that name that runs etcd, exists in the recovery's namespace.")
    static let singleMember = Rule(
        "recovery.clusterRef.singleMember", .recovery, at: "spec.clusterRef", .forbidden,
        "The cluster has more than one member by its spec: a single one has no majority to lose, and is never rebuilt.")
    static let inFlight = Rule(
        "recovery.clusterRef.inFlight", .recovery, at: "spec.clusterRef", .duplicate,
        "No other unfinished EtcdRecovery names the cluster.")
    static let restoring = Rule(
        "recovery.clusterRef.restoring", .recovery, at: "spec.clusterRef", .forbidden,
        "No unfinished EtcdRestore has the cluster as its target.")
    static let all = [notFound, singleMember, inFlight, restoring]

    static func judge(_ cluster: NamedCluster) -> [Finding] {
        let (title, size): (String, Int64?) =
            switch cluster {
            case .etcdCluster(let cluster):
                ("EtcdCluster \(quoted(cluster.metadata.name ?? ""))", cluster.spec?.size)
            case .statefulSet(let set):
                ("StatefulSet \(quoted(set.metadata.name ?? ""))", Int64(set.spec?.replicas ?? 1))
            }
        guard let size, size <= 1 else { return [] }
        return [
            Finding(
                singleMember, at: FieldPath("spec", "clusterRef"),
                "\(title) has \(size == 1 ? "one member" : "no member") by its spec, so there is no majority to lose, and a "
                    + "single member is never rebuilt: restore its newest backup into a new cluster with an EtcdRestore"
            )
        ]
    }
}

extension Looking {
    func otherWorkFindings(_ recovery: EtcdRecovery, _ options: RuleOptions) async -> [Finding] {
        guard let name = recovery.spec?.clusterRef, ClusterNameRules.isValid(name) else { return [] }
        let path = FieldPath("spec", "clusterRef")
        async let recoveries = lookup.etcdRecoveries(in: namespace)
        async let restores = lookup.etcdRestores(in: namespace)
        let (others, targets) = await (recoveries, restores)
        var findings: [Finding] = []
        if case .found(let others) = others,
            let other = others.first(where: { isInTheWay($0, of: recovery, options) })
        {
            findings.append(
                Finding(
                    RecoveredClusterRules.inFlight, at: path, value: quoted(name),
                    "EtcdRecovery \(quoted(other.metadata.name ?? ""))\(inBrackets(other.status?.phase?.rawValue)) is about "
                        + "it already: go on with that one, or abort it first"))
        }
        if case .found(let restores) = targets,
            let restore = restores.first(where: {
                $0.spec?.target?.name == name && $0.status?.phase?.isTerminal != true
            })
        {
            findings.append(
                Finding(
                    RecoveredClusterRules.restoring, at: path,
                    "EtcdRestore \(quoted(restore.metadata.name ?? ""))\(inBrackets(restore.status?.phase?.rawValue)) is "
                        + "filling \(quoted(name)): wait for its end, or delete it first"))
        }
        if let reason = others.reasonForSilence ?? targets.reasonForSilence {
            findings.append(
                unavailable(
                    at: path, "whether another EtcdRecovery or an EtcdRestore is at work on \(quoted(name))", reason))
        }
        return findings
    }

    private func isInTheWay(_ other: EtcdRecovery, of own: EtcdRecovery, _ options: RuleOptions) -> Bool {
        guard other.metadata.name != own.metadata.name, other.spec?.clusterRef == own.spec?.clusterRef,
            other.status?.phase?.isTerminal != true
        else { return false }
        // Of two that were admitted at once, one must go on: the older, as long as the other has changed nothing.
        let hasBegun = other.hasPhase && other.status?.phase?.isBeforeApproval != true
        return hasBegun || !(options.olderGoesOn && own.metadata.isOlder(than: other.metadata))
    }

    private func inBrackets(_ phase: String?) -> String { phase.map { " (\($0))" } ?? "" }
}
