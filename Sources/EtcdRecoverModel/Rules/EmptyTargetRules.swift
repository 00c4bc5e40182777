/// A restore never touches data that it did not write: its target does not exist, or is an empty shell.
enum EmptyTargetRules {
    static let readyMembers = rule("readyMembers", "The target cluster has no ready member.")
    static let replicas = rule("replicas", "The target's StatefulSet has no replica.")
    static let pods = rule("pods", "The target has no pod.")
    static let volumes = rule(
        "volumes", "No member's volume claim (`etcd-data-<target>-<ordinal>`) is left from an earlier life.")
    static let inFlight = Rule(
        "restore.target.inFlight", .restore, at: "spec.target.name", .duplicate,
        "No other unfinished EtcdRestore names the target.")
    static let all = [readyMembers, replicas, pods, volumes, inFlight]

    private static func rule(_ name: String, _ summary: String) -> Rule {
        Rule("restore.target.\(name)", .restore, at: "spec.target.name", .forbidden, summary)
    }
}

extension Finding {
    /// Whether it says that the target holds something, or is about to.
    package var isAboutOccupiedTarget: Bool { EmptyTargetRules.all.contains { $0.id == rule } }
}

extension Looking {
    func emptyTargetFindings(_ restore: EtcdRestore, _ options: RuleOptions) async -> [Finding] {
        guard let name = restore.spec?.target?.name, ClusterNameRules.isValid(name) else { return [] }
        async let cluster = lookup.etcdCluster(object(name))
        async let statefulSet = lookup.statefulSet(object(name))
        async let pods = lookup.pods(ofCluster: object(name))
        async let claims = lookup.persistentVolumeClaims(in: namespace)
        async let restores = lookup.etcdRestores(in: namespace)
        return await TargetState(
            name: name, cluster: cluster, statefulSet: statefulSet, pods: pods, claims: claims, restores: restores,
            olderGoesOn: options.olderGoesOn
        ).findings(for: restore, self)
    }
}

/// All that is known of a target.
private struct TargetState {
    var name: String
    var cluster: LookedUp<EtcdCluster>
    var statefulSet: LookedUp<StatefulSet>
    var pods: LookedUp<[Pod]>
    var claims: LookedUp<[PersistentVolumeClaim]>
    var restores: LookedUp<[EtcdRestore]>
    var olderGoesOn: Bool

    private var path: FieldPath { FieldPath("spec", "target", "name") }
    private var advice: String { "restore into another name, or remove what is there first" }

    func findings(for restore: EtcdRestore, _ looking: Looking) -> [Finding] {
        [readyMembers, replicas, runningPods, leftVolumes, otherRestore(than: restore), unanswered(looking)]
            .compactMap(\.self)
    }

    private var readyMembers: Finding? {
        guard case .found(let cluster) = cluster, let status = cluster.status else { return nil }
        let healthy = status.members?.count { $0.isHealthy == true } ?? 0
        let ready = max(Int(clamping: status.readyReplicas ?? 0), healthy)
        guard ready > 0 else { return nil }
        return Finding(
            EmptyTargetRules.readyMembers, at: path,
            "EtcdCluster \(quoted(name)) has \(ready) ready \(ready == 1 ? "member" : "members") with data: \(advice)")
    }

    private var replicas: Finding? {
        guard case .found(let set) = statefulSet else { return nil }
        let count = max(set.spec?.replicas ?? 1, set.status?.replicas ?? 0)
        guard count > 0 else { return nil }
        return Finding(
            EmptyTargetRules.replicas, at: path,
            "StatefulSet \(quoted(name)) has \(count) \(count == 1 ? "replica" : "replicas"): \(advice)")
    }

    /// By name: what else carries the cluster's labels is no member.
    private var runningPods: Finding? {
        guard case .found(let pods) = pods else { return nil }
        return occupied(EmptyTargetRules.pods, by: "pod", pods.compactMap(\.metadata.name)) { isOrdinal($0, of: name) }
    }

    /// The operator's claims in both of its layouts, and those of a StatefulSet that runs etcd without it. An ordinal
    /// must follow: `etcd-data-a-b-0` is cluster a-b's, not a's.
    private var leftVolumes: Finding? {
        guard case .found(let claims) = claims else { return nil }
        var templates: Set<String> = ["etcd-data"]
        if case .found(let set) = statefulSet {
            templates.formUnion(set.spec?.volumeClaimTemplates?.compactMap(\.metadata.name) ?? [])
        }
        return occupied(EmptyTargetRules.volumes, by: "volume claim", claims.compactMap(\.metadata.name)) { claim in
            templates.contains { isOrdinal(claim, of: "\($0)-\(name)") }
        }
    }

    private func occupied(_ rule: Rule, by noun: String, _ names: [String], where isMember: (String) -> Bool)
        -> Finding?
    {
        let members = names.filter(isMember).sorted()
        guard let first = members.first else { return nil }
        let others = members.count > 1 ? " and \(members.count - 1) more" : ""
        return Finding(rule, at: path, "\(quoted(name)) has \(noun) \(quoted(first))\(others): \(advice)")
    }

    private func isOrdinal(_ text: String, of stem: String) -> Bool {
        let ordinal = text.utf8.dropFirst(stem.utf8.count + 1)
        return text.hasPrefix("\(stem)-") && !ordinal.isEmpty && ordinal.allSatisfy(\.isDigit)
    }

    private func otherRestore(than own: EtcdRestore) -> Finding? {
        guard case .found(let restores) = restores else { return nil }
        let other = restores.first { other in
            other.metadata.name != own.metadata.name && other.spec?.target?.name == name
                && other.status?.phase?.isTerminal != true && !(olderGoesOn && comesBefore(own, other))
        }
        guard let other else { return nil }
        let phase = other.status?.phase.map { " (\($0.rawValue))" } ?? ""
        return Finding(
            EmptyTargetRules.inFlight, at: path, value: quoted(name),
            "EtcdRestore \(quoted(other.metadata.name ?? ""))\(phase) already restores into it: wait for its end, or use "
                + "another name")
    }

    /// Of two that were admitted at once, one must go on: the older, as long as neither has begun.
    private func comesBefore(_ own: EtcdRestore, _ other: EtcdRestore) -> Bool {
        other.status?.phase ?? .pending == .pending && own.metadata.isOlder(than: other.metadata)
    }

    /// One note for all that had no answer.
    private func unanswered(_ looking: Looking) -> Finding? {
        let questions = [
            cluster.reasonForSilence, statefulSet.reasonForSilence, pods.reasonForSilence, claims.reasonForSilence,
            restores.reasonForSilence,
        ]
        guard let reason = questions.compactMap(\.self).first ?? looking.lookup.incompleteness else { return nil }
        return looking.unavailable(at: path, "whether the target \(quoted(name)) is empty", reason)
    }
}

extension LookedUp {
    var reasonForSilence: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }
}
