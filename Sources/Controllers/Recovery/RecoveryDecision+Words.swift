import EtcdClient
import EtcdRecoverModel
import FoundationEssentials

// What is said of each decision, and the endings.
extension RecoveryObservation {
    static let acknowledged = News(reason: "Acknowledged", message: "a person has read what may be lost")

    func end(_ phase: EtcdRecovery.Phase, _ message: String) -> RecoveryStep {
        .write(recovery.ended(phase, message, at: now), News(reason: phase.rawValue, message: message))
    }

    static func gone(_ cluster: String) -> Failure {
        Failure(reason: .clusterNotFound, message: "\(cluster) was deleted meanwhile", mayPass: false)
    }

    static let lostAgain = Failure(
        reason: .membersUnreachable,
        message:
            "the cluster was rebuilt, took writes, and has lost its majority again: another EtcdRecovery can take it up",
        mayPass: false)

    /// The member whose data are kept. What an earlier recovery has saved counts where nobody answers: what is on the volumes
    /// then may be older.
    func survivor(_ evidence: ClusterEvidence) -> EtcdRecovery.Survivor? {
        guard !evidence.isAnswered, let kept = earlier?.status?.survivor else {
            return evidence.survivor(asked: recovery.spec?.survivor)
        }
        guard let asked = recovery.spec?.survivor, !asked.isEmpty, asked != kept.name else { return kept }
        guard let copy = earlier?.status?.rescueCopies?.first(where: { $0.member == asked }) else {
            return evidence.survivor(asked: asked)
        }
        var survivor = EtcdRecovery.Survivor(name: asked)
        survivor.revision = copy.revision
        return survivor
    }

    /// An earlier one that had failed, whose member has come up after all and leads: that one goes on.
    var revived: String? {
        guard let earlier, let uid = earlier.metadata.uid,
            evidence?.members.contains(where: { $0.pod?.record?.uid == uid && $0.status?.leader != nil }) == true
        else { return nil }
        return earlier.metadata.name
    }

    /// Where the copies go, or lie already.
    var place: RescuePlace? {
        guard evidence?.isAnswered == false, let kept = earlier?.status?.place else { return destination }
        return kept.server == nil ? kept : volume.map(RescuePlace.volume)
    }

    /// Without a person only what cannot come back is given up, and only once.
    func mayGoOnByItself(_ evidence: ClusterEvidence) -> Bool {
        evidence.permanence?.isPermanent == true && evidence.isAnswered && earlier == nil && !hasFailedBefore
    }

    /// A look that finds no loss: the time that it has to last begins anew.
    func notLost(_ message: String, _ policy: RecoveryPolicy) -> RecoveryStep {
        guard case .tell(var status, let pause) = say(message, policy.look) else {
            let since = recovery.status?.detectedTime?.date ?? now
            guard now.timeIntervalSince(since) > 15 else { return .wait(policy.look) }
            var status = recovery.inPhase(.detecting, message, at: now)
            status.detectedTime = Timestamp(now)
            return .tell(status, policy.look)
        }
        status.detectedTime = Timestamp(now)
        return .tell(status, pause)
    }

    func fail(_ failure: Failure) -> RecoveryStep {
        let stands =
            switch recovery.status?.phase {
            case .scalingOut?: "the cluster was rebuilt, and what may be lost is in status.dataLoss"
            case .rebuilding? where recovery.status?.stoppedTime != nil:
                "the members' data are on their volumes, what was moved aside beside it, and the rescue copies where they were "
                    + "put; pods of the cluster do not start without the agent until another EtcdRecovery takes over"
            default: "nothing was changed"
            }
        return .write(recovery.failed(failure, "\(failure.message). As it stands: \(stands)", at: now), News(failure))
    }

    /// Written where it says something new.
    func say(_ message: String, _ pause: Duration) -> RecoveryStep {
        let pause = max(pause, .milliseconds(200))
        guard recovery.status?.message != message, let phase = recovery.status?.phase else { return .wait(pause) }
        return .tell(recovery.inPhase(phase, message, at: now), pause)
    }

    func observed(_ evidence: ClusterEvidence, _ news: News?) -> RecoveryStep {
        let survivor = survivor(evidence)
        let before = recovery.status?.observed?.members ?? []
        let members = evidence.members.map { seen in
            seen.recorded(before: before.first { $0.name == seen.name }, at: Timestamp(now))
        }
        var next = recovery.inPhase(
            .awaitingApproval, survivor.map(awaiting) ?? noSurvivor(evidence), at: now)
        let evidence = evidence.sustained
        next.observed = .init(
            digest: evidence.digest(survivor: survivor, place: place),
            permanent: evidence.permanence?.isPermanent,
            reasons: evidence.verdict.reasons + (evidence.permanence?.reasons ?? []), members: members)
        next.survivor = survivor
        next.layout = evidence.layout
        // So that whoever approves sees where they go.
        next.rescueServer = place?.server
        return .write(next, news)
    }

    var blind: String { "the cluster cannot be looked at: \(setback?.message ?? "no reason is known")" }

    func lost(_ evidence: ClusterEvidence) -> String {
        let kind =
            evidence.permanence?.isPermanent == true
            ? "it cannot come back by itself"
            : "its members may come back by themselves: nodes, volumes and pods are there"
        return "\(evidence.sustained.verdict.reasons.joined(separator: "; ")); \(kind)"
    }

    func awaiting(_ survivor: EtcdRecovery.Survivor) -> String {
        guard survivor.fromVolume == true || place != nil else { return noDestination }
        let what =
            survivor.fromVolume == true
            ? "the data on the volume of \(survivor.name)" : "\(survivor.name) at revision \(survivor.revision ?? 0)"
        return
            "waiting for approval to rebuild the cluster from \(what): kubectl etcdrecover recover \(recovery.clusterName)"
    }

    var noDestination: String {
        "rescue copies need a place: set spec.destination, back the cluster up once, or give the controller a volume "
            + "(--rescue-dir), so that there is one"
    }

    func noSurvivor(_ evidence: ClusterEvidence) -> String {
        let place =
            evidence.copiesVolumes
            ? "" : "; for volumes to be read set spec.destination, which names a store for what is found"
        if let name = recovery.spec?.survivor, !name.isEmpty {
            return "spec.survivor: \(name) does not answer, and no pod of it is on a node with its volume" + place
        }
        return
            "no member answers, and none is on a node with its volume\(place). Otherwise restore a backup into a new cluster with "
            + "an EtcdRestore"
    }

    func plan(_ survivor: EtcdRecovery.Survivor) -> String {
        let copies = recovery.status?.rescueCopies?.count ?? 0
        let number = copies == 1 ? "1 rescue copy is" : "\(copies) rescue copies are"
        let place = recovery.status?.place?.server == nil ? "in the store" : "on the controller's volume"
        return "\(number) \(place); \(recovery.clusterName) is rebuilt from \(survivor.name)"
    }

    /// What was kept, and what nobody can know.
    func account(_ evidence: ClusterEvidence) -> String {
        let survivor = recovery.status?.survivor
        let silent = (recovery.status?.observed?.members ?? []).filter { !$0.reachable }.map(\.name)
        var laid: AgentReport?
        if case .running(let report)? = evidence.members.first(where: { $0.ordinal == 0 })?.pod?.state { laid = report }
        var text: String
        if survivor?.fromVolume == true {
            text = "kept: what was on the volume of \(survivor?.name ?? "")"
            if let revision = survivor?.revision { text += ", revision \(revision)" }
            let copy = recovery.status?.rescueCopies?.first { $0.member == survivor?.name }
            if let missing = copy?.missingEntries ?? laid?.missingEntries, missing > 0 {
                text += ", without up to \(missing) entries that only its log had"
            }
        } else {
            text =
                "kept: everything that \(survivor?.name ?? "") had applied, revision \(survivor?.revision ?? 0) and raft "
                + "index \(survivor?.raftIndex ?? 0)"
        }
        if !silent.isEmpty {
            text +=
                "; writes that only \(silent.joined(separator: " and ")) had acknowledged are lost, and how many cannot "
                + "be known"
        }
        return text
    }

    var isLate: Bool {
        // The copies may take long, and what is stopped must not be left to that.
        let isRebuilding = recovery.status?.phase == .rebuilding
        let start = isRebuilding ? recovery.status?.lastTransitionTime?.date : recovery.status?.approval?.time.date
        guard let start else { return false }
        return now.timeIntervalSince(start) > recovery.recoveryTimeout / .seconds(1)
    }

    var late: Failure {
        let limit = "not done within spec.recoveryTimeout, \(recovery.spec?.recoveryTimeout ?? "30m")"
        if let setback {
            return Failure(reason: setback.reason, message: "\(limit): \(setback.message)", mayPass: false)
        }
        return Failure(
            reason: .timedOut, message: "\(limit): \(recovery.status?.message ?? "nothing is known")", mayPass: false)
    }
}

extension EtcdRecovery {
    var gracePeriodText: String { spec?.gracePeriod.flatMap { $0.isEmpty ? nil : $0 } ?? "60s" }
}

extension EtcdRecovery.Phase {
    /// While nothing was changed.
    var isBeforeRebuilding: Bool { isBeforeApproval || self == .snapshotting }
}
