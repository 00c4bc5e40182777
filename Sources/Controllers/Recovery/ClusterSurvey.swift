import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import HTTP
import KubernetesClient

/// Looks at a cluster: its object, its pods and volumes, and each of its members. Changes nothing.
struct ClusterSurvey: Sendable {
    let client: KubernetesClient
    let dial: MemberDial
    let tokens: HeldTokens
    private static let largest = 100

    /// For each question to a member.
    var deadline = Duration.seconds(3)

    /// Throws `LocationFailure.notFound` where there is no such cluster, and whatever keeps it from looking: that is no
    /// observation, and nothing follows from it.
    func look(at name: String, in namespace: String) async throws -> ClusterEvidence {
        let owner = try await owner(name, namespace)
        // Anybody's spec: what is looked at of each is held.
        guard (0...Self.largest).contains(owner.size) else {
            throw Failure(
                reason: .invalidSpec, message: "\(name) is to have \(owner.size) members, and no etcd has",
                mayPass: false)
        }
        var evidence = ClusterEvidence(
            layout: owner.layout, size: owner.size, labels: owner.labels,
            replicas: owner.set?.spec?.replicas.map(Int.init),
            verdict: QuorumVerdict(state: .unknown, voters: nil, answering: 0, reasons: ["no member answered"]),
            members: [])
        evidence.setVersion = owner.set?.metadata.resourceVersion
        evidence.knownMembers = owner.knownMembers
        evidence.isAutomatic = owner.annotations[EtcdRecovery.automaticAnnotation] == "true"
        let pods = try await pods(of: name, namespace, labels: owner.labels)
        let volumes = try await volumes(in: namespace)
        let claims = owner.claims
        let asked = try await ask(owner.target, namespace)
        let ordinals = Set(0..<owner.size).union(pods.keys).sorted()
        evidence.members = ordinals.map { ordinal in
            let member = "\(name)-\(ordinal)"
            var seen = ClusterEvidence.Seen(name: member, ordinal: ordinal)
            seen.pod = pods[ordinal]?.seen
            // Where it declares a claim, there is one or it is missing.
            seen.volume = claims.isEmpty ? nil : worst(claims.map { volumes["\($0)-\(member)"] ?? .absent })
            seen.observation = asked[member]
            return seen
        }
        let observations = evidence.members.compactMap(\.observation)
        if !observations.isEmpty { evidence.verdict = judgingQuorum(observations, size: owner.size) }
        return evidence
    }

    private struct Owner {
        var target: EtcdTarget
        var layout: EtcdRecovery.Layout
        var size: Int
        var labels: [String: String]
        /// The beginnings of the names of each member's claims.
        var claims: [String]
        var annotations: [String: String]
        var set: StatefulSet?
        /// That the operator has seen; nil without one.
        var knownMembers: Int?
    }

    private func owner(_ name: String, _ namespace: String) async throws -> Owner {
        let cluster: EtcdCluster? = try await client.find(name: name, namespace: namespace)
        let set: StatefulSet? = try await client.find(name: name, namespace: namespace)
        guard let cluster else {
            guard let set else { throw LocationFailure.notFound(.etcdCluster(name), namespace: namespace) }
            return Owner(
                target: .statefulSet(name), layout: .plain, size: Int(set.spec?.replicas ?? 1),
                labels: set.spec?.selector?.matchLabels ?? [:],
                claims: (set.spec?.volumeClaimTemplates ?? []).compactMap(\.metadata.name),
                annotations: set.metadata.annotations ?? [:], set: set)
        }
        let isOwned = set?.metadata.ownerReferences?.contains { $0.uid == cluster.metadata.uid } == true
        let storage = cluster.spec?.storageSpec
        let hasClaims = storage != nil && storage?.accessModes != "ReadWriteMany"
        return Owner(
            target: .etcdCluster(name), layout: isOwned ? .statefulSet : .pods,
            size: cluster.spec?.size.flatMap { Int(exactly: $0) } ?? 1,
            labels: ["app": name, "controller": name], claims: hasClaims ? ["etcd-data"] : [],
            annotations: cluster.metadata.annotations ?? [:], set: isOwned ? set : nil,
            knownMembers: cluster.status.map { Int($0.memberCount ?? Int64($0.members?.count ?? 0)) } ?? 0)
    }

    private func pods(
        of name: String, _ namespace: String, labels: [String: String]
    ) async throws -> [Int: FirstMember] {
        let selector = labels.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
        let pods: [FirstMember] = try await client.list(
            in: .namespace(namespace), matching: Selector(labels: selector)
        ).items
        return pods.reduce(into: [:]) { found, pod in
            guard let ordinal = PodOrdinal(pod.metadata.name ?? ""), ordinal.base == name else { return }
            found[ordinal.ordinal] = pod
        }
    }

    private func volumes(in namespace: String) async throws -> [String: ClusterEvidence.SeenVolume] {
        let claims: [VolumeClaim] = try await client.list(in: .namespace(namespace)).items
        return claims.reduce(into: [:]) { found, claim in
            // One that is on its way out is of no use to a pod that is made.
            guard claim.metadata.deletionTimestamp == nil else { return }
            found[claim.metadata.name ?? ""] = claim.status?.phase == "Bound" ? .bound : .pending
        }
    }

    private func worst(_ volumes: [ClusterEvidence.SeenVolume]) -> ClusterEvidence.SeenVolume {
        volumes.contains(.absent) ? .absent : volumes.contains(.pending) ? .pending : .bound
    }

    /// Each member that runs, by its pod's name.
    private func ask(_ target: EtcdTarget, _ namespace: String) async throws -> [String: MemberObservation] {
        let cluster: LocatedCluster
        do { cluster = try await ClusterLocator(client, namespace: namespace).locate(target) } catch LocationFailure
            .noPods
        { return [:] }
        let running = cluster.members.filter { $0.trouble == nil && dial.endpoint($0) != nil }
        let endpoints = running.compactMap(dial.endpoint)
        guard !endpoints.isEmpty else { return [:] }
        let name = ObjectName(namespace: namespace, name: target.clusterName ?? "")
        let held = tokens[name]
        var observations = try await observe(cluster, endpoints, name, token: held)
        // A cluster that was made anew since does not know it, and may wait for a log entry that never comes.
        if held != nil, observations.allSatisfy({ $0.answer == nil }) {
            observations = try await observe(cluster, endpoints, name, token: nil)
        }
        return Dictionary(zip(running.map(\.pod), observations), uniquingKeysWith: { first, _ in first })
    }

    private func observe(
        _ cluster: LocatedCluster, _ endpoints: [EtcdEndpoint], _ name: ObjectName, token: SecretBytes?
    ) async throws -> [MemberObservation] {
        try await cluster.withEtcd(at: endpoints, token: token, deadline: deadline) { etcd in
            let observations = try await etcd.observeMembers()
            if observations.contains(where: { $0.answer != nil }), etcd.token != nil {
                await tokens.refresh(etcd, at: endpoints, of: name)
            }
            return observations
        }
    }
}

/// Whether a member's data have a place.
private struct VolumeClaim: KubernetesResource {
    static let apiVersion = "v1"
    static let kind = "PersistentVolumeClaim"
    static let plural = "persistentvolumeclaims"

    var metadata: ObjectMeta
    var status: Status?

    struct Status: Codable, Sendable {
        var phase: String?
    }
}

extension FirstMember {
    fileprivate var seen: ClusterEvidence.SeenPod {
        let etcd = status?.containerStatuses?.first { $0.name == "etcd" } ?? status?.containerStatuses?.first
        let isLeaving = metadata.deletionTimestamp != nil
        let runs = etcd?.state?.running != nil && !isLeaving
        return ClusterEvidence.SeenPod(
            uid: metadata.uid ?? "", text: isLeaving ? "leaving" : text(etcd, runs: runs), presence: presence(etcd),
            runs: runs, isPlaced: spec.nodeName != nil, isLeaving: isLeaving, record: record, state: state)
    }

    private func presence(_ etcd: Status.Container?) -> MemberPresence.Pod {
        if metadata.deletionTimestamp != nil { return .absent }
        switch status?.phase {
        case "Failed"?, "Succeeded"?: return .failed(reason: text(etcd, runs: false))
        case "Pending"? where isUnscheduled: return .pending(reason: text(etcd, runs: false))
        case "Pending"?: return .starting
        default: return .running
        }
    }

    private var isUnscheduled: Bool {
        status?.conditions?.contains { $0.type == "PodScheduled" && $0.status == "False" } == true
    }

    private func text(_ etcd: Status.Container?, runs: Bool) -> String {
        if runs { return "Running" }
        let phase = status?.phase ?? "Unknown"
        if let reason = etcd?.state?.waiting?.reason, reason != "PodInitializing" { return "\(phase): \(reason)" }
        let unscheduled = status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "False" }
        return unscheduled?.message.map { "\(phase): \($0)" } ?? phase
    }
}
