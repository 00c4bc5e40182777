import EtcdClient
import EtcdRecoverModel

/// What one look at a cluster and its members has shown.
struct ClusterEvidence: Sendable {
    var layout: EtcdRecovery.Layout
    /// Members there are meant to be.
    var size: Int
    /// Labels of the members' pods, and of no others.
    var labels: [String: String]
    /// Of a StatefulSet.
    var replicas: Int?
    /// `resourceVersion` of the StatefulSet, as it was seen.
    var setVersion: String?
    var verdict: QuorumVerdict
    /// By ordinal.
    var members: [Seen]
    /// Members that there have been, as the operator has last seen them; nil where there is no operator.
    var knownMembers: Int?
    /// An earlier recovery has stopped its members: it is lost, however little there is to see.
    var wasStopped = false
    /// A person has made the record of its loss.
    var isReported = false
    /// A pod of ours can read the volume of a member, and there is a store for what it finds.
    var copiesVolumes = false
    /// The cluster or StatefulSet lets recoveries go on without a person.
    var isAutomatic = false

    /// A member, as its pod, its volume and it itself tell of it.
    struct Seen: Sendable {
        var name: String
        var ordinal: Int
        var pod: SeenPod?
        /// Nil where it has no volume of its own by design.
        var volume: SeenVolume?
        /// Where it answered, or was asked in vain.
        var observation: MemberObservation?

        var status: MemberStatus? { observation?.answer }

        /// Whether its etcd says anything at all, be it that it lets nobody in, or lets whoever logs in wait for a majority.
        var isHeard: Bool {
            guard let observation else { return false }
            guard let failure = observation.failure else { return true }
            return switch failure.kind {
            case .authenticationNeeded, .authenticationFailed, .invalidToken, .permissionDenied: true
            case .unreachable, .tls: false
            default: failure.call == "Authenticate" && pod?.runs == true
            }
        }
    }

    struct SeenPod: Sendable {
        var uid: String
        /// `Running`, or what it waits for.
        var text: String
        /// Whether it could run a member that does not answer.
        var presence: MemberPresence.Pod
        var runs: Bool
        /// On a node, where its volume is within reach.
        var isPlaced = true
        var isLeaving: Bool
        /// Which order its init container carries, and how far that is.
        var record: RestoreOrder.Record?
        var state: MemberPodState
    }

    enum SeenVolume: String, Sendable {
        case bound = "Bound"
        case pending = "Pending"
        case absent
    }
}

extension ClusterEvidence {
    /// Whether decisions can still be made.
    enum Standing: Hashable, Sendable {
        case hasQuorum(String)
        /// Too little is known to call it either.
        case unclear(String)
        case lost
    }

    /// One look's; that it is sustained is for whoever keeps the time.
    var standing: Standing {
        let reasons = verdict.reasons.joined(separator: "; ")
        switch verdict.state {
        case .hasQuorum, .electing, .leaderless: return .hasQuorum(reasons)
        // While others are added back, the only one that votes may be lost again.
        case .singleMember:
            guard verdict.answering == 0 else { return .hasQuorum(reasons) }
            return hadMembers || wasStopped ? .lost : .unclear(reasons)
        case .unconfirmed: return .unclear(reasons)
        case .suspected, .lost: return .lost
        case .unknown:
            // A network that fails here looks the same from here; that no pod runs, Kubernetes knows by itself.
            let running = members.filter { $0.pod?.runs == true }.count
            guard verdict.answering == 0, running < size / 2 + 1, hadMembers || wasStopped else {
                return .unclear(reasons)
            }
            return .lost
        }
    }

    /// As of a loss that has lasted: in words that leave nothing open.
    var sustained: ClusterEvidence {
        guard verdict.state == .suspected else { return self }
        var evidence = self
        evidence.verdict = judgingQuorum(
            members.compactMap(\.observation), sustained: quorumGracePeriod, grace: quorumGracePeriod, size: size)
        return evidence
    }

    /// A cluster that is only being made has lost nothing. Where no operator has counted its members, a person knows better than
    /// volumes that are gone.
    private var hadMembers: Bool {
        let volumes = members.count { $0.volume == .bound }
        return isReported && volumes > 0 || (knownMembers ?? volumes) > size / 2
    }

    /// By at least one voter.
    var isAnswered: Bool { members.contains { $0.status?.isLearner == false } }

    /// Whether those that are missing cannot come back by themselves, as far as Kubernetes tells; nil while none is missing.
    var permanence: Permanence? {
        var verdict = verdict
        // Where nobody answers, Kubernetes alone tells how many there are.
        if verdict.state == .unknown, standing == .lost { (verdict.state, verdict.voters) = (.lost, size) }
        return judgingPermanence(of: verdict, absent: members.filter { $0.status == nil }.map(\.presence))
    }

    subscript(name: String) -> Seen? { members.first { $0.name == name } }
}

extension ClusterEvidence.Seen {
    fileprivate var presence: MemberPresence {
        let volume: MemberPresence.Volume =
            switch volume {
            case nil: .none
            case .bound?: .bound
            case .pending?: .pending
            case .absent?: .absent
            }
        return MemberPresence(name: name, pod: pod?.presence ?? .absent, volume: volume)
    }

    /// As the status has it. `heard`: what is known of it from before.
    func recorded(before heard: EtcdRecovery.Member?, at now: Timestamp) -> EtcdRecovery.Member {
        var member = EtcdRecovery.Member(name: name, reachable: status != nil)
        member.pod = pod?.text ?? "absent"
        member.volume = volume?.rawValue
        guard let status else {
            // What it last said is not what it has now.
            member.memberID = heard?.memberID
            member.lastHeardTime = heard?.lastHeardTime
            return member
        }
        member.memberID = status.header.member.description
        member.lastHeardTime = now
        member.learner = status.isLearner ? true : nil
        member.revision = status.header.revision.rawValue
        member.raftTerm = Int64(clamping: status.raftTerm)
        member.raftIndex = Int64(clamping: status.raftAppliedIndex)
        return member
    }
}
