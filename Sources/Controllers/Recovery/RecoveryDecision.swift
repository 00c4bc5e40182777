import EtcdClient
import EtcdRecoverModel
import FoundationEssentials

/// What is known of one EtcdRecovery.
struct RecoveryObservation: Sendable {
    var recovery: EtcdRecovery
    /// Nil where nobody could look: of that nothing follows.
    var evidence: ClusterEvidence?
    /// There is no such cluster any more.
    var isClusterGone = false
    /// An earlier recovery of the cluster that failed when its members had been stopped: what it has kept is what there is.
    var earlier: EtcdRecovery?
    /// A later one that has brought the cluster back.
    var isSuperseded = false
    /// For how long a majority has been missing that was rebuilt before, as this process has seen it.
    var lostAgain: Duration?
    /// Where copies go, by the spec, by the cluster's newest backup, or for want of both.
    var destination: RescuePlace?
    /// The controller's own volume, where it has one.
    var volume: EtcdRecovery.RescueServer?
    /// What kept the step before from being done, in this process.
    var setback: Failure?
    /// Members whose copy was tried in vain, in this process.
    var uncopied: [String: Failure] = [:]
    var now: Date
}

/// What to do next about an EtcdRecovery.
enum RecoveryStep: Hashable, Sendable {
    /// Nothing, until something changes.
    case rest
    case wait(Duration)
    case write(EtcdRecovery.Status, News?)
    /// Write where it stands, and look again after a while.
    case tell(EtcdRecovery.Status, Duration)
    case addFinalizer, removeFinalizer
    /// Take its copies off the controller's volume, and then the finalizer away.
    case discardCopies
    /// Take a snapshot of each of these members into the store.
    case copy([String])
    /// Have a pod beside this member, whose etcd does not run, put its database into the store.
    case copyVolume(String)
    /// Have the cluster's pods pass by us, see that they do, and write down that the members are about to be stopped.
    case arm
    /// As before, and then scale it down and delete these pods.
    case rebuild(replicas: Int?, pods: [String])
    /// Ask all members what they have.
    case verify
}

extension RecoveryObservation {
    func nextStep(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let phase = recovery.status?.phase else {
            return recovery.metadata.deletionTimestamp == nil ? .write(recovery.begun(at: now), nil) : .rest
        }
        if phase.isTerminal { return keepRecord(policy) }
        // Once it is on its way it is brought to its end, also where the record is to go.
        if recovery.metadata.deletionTimestamp != nil {
            if !hasFinalizer { return .rest }
            if phase.isBeforeRebuilding { return end(.cancelled, "it was deleted; nothing was changed") }
        }
        if recovery.spec?.aborted == true, phase.isBeforeRebuilding {
            return end(.cancelled, "called off by a person; nothing was changed")
        }
        if isClusterGone {
            let isChanged = recovery.status?.stoppedTime != nil
            return isChanged
                ? fail(Self.gone(recovery.clusterName)) : end(.cancelled, "\(recovery.clusterName) is gone")
        }
        if let setback, !setback.mayPass, phase.isBeforeRebuilding { return fail(setback) }
        // Pods that are made from here on are sent to whoever has the copies now.
        if let server = recovery.status?.rescueServer, let volume, server != volume {
            var next = recovery.status ?? EtcdRecovery.Status()
            next.rescueServer = volume
            return .write(next, nil)
        }
        switch phase {
        case .detecting: return detect(policy)
        case .awaitingApproval: return awaitApproval(policy)
        case .snapshotting: return copy(policy)
        case .rebuilding: return rebuild(policy)
        case .scalingOut: return scaleOut(policy)
        // Of a newer version.
        default: return .rest
        }
    }

    private func detect(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return notLost(blind, policy) }
        guard evidence.size > 1 else {
            return fail(
                Failure(
                    reason: .invalidSpec,
                    message:
                        "\(recovery.clusterName) has one member: there is no quorum to lose. Restore a backup with an "
                        + "EtcdRestore", mayPass: false))
        }
        switch evidence.standing {
        case .hasQuorum(let why): return end(.cancelled, "the cluster can decide: \(why)")
        case .unclear(let why): return notLost("not clear yet: \(why)", policy)
        case .lost:
            let since = recovery.status?.detectedTime?.date ?? now
            let left = recovery.gracePeriod / .seconds(1) - now.timeIntervalSince(since)
            guard left <= 0 else {
                return say(
                    "the majority is missing since \(recovery.status?.detectedTime?.rawValue ?? ""); it counts as lost after "
                        + "\(recovery.gracePeriodText)", min(policy.look, .seconds(left)))
            }
            return observed(evidence, News(isWarning: true, reason: "QuorumLost", message: lost(evidence)))
        }
    }

    private func awaitApproval(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return say(blind, policy.look) }
        if case .hasQuorum(let why) = evidence.standing {
            return end(.cancelled, "quorum came back by itself: \(why)")
        }
        // What is not clear is no reason to call it off, nor one to act.
        guard evidence.standing == .lost else { return .wait(policy.look) }
        let survivor = survivor(evidence)
        let digest = evidence.digest(survivor: survivor, place: place)
        guard recovery.status?.observed?.digest == digest else {
            let isFirst = recovery.status?.observed?.digest == nil
            return observed(
                evidence,
                isFirst
                    ? nil
                    : News(
                        isWarning: recovery.spec?.approved == true, reason: "StateChanged",
                        message: "the state is another: \(lost(evidence))"))
        }
        guard let survivor else { return say(noSurvivor(evidence), policy.look) }
        guard survivor.fromVolume == true || place != nil else { return say(noDestination, policy.look) }
        if evidence.isAutomatic, mayGoOnByItself(evidence) {
            return approved(digest, evidence, survivor, isAutomatic: true)
        }
        guard recovery.spec?.approved == true else { return say(awaiting(survivor), policy.look) }
        guard recovery.spec?.approvedDigest == digest else {
            return say(
                "the approval was for another state (\(recovery.spec?.approvedDigest?.prefix(12) ?? "none")) and is void: "
                    + "take it back, look again and approve \(digest.prefix(12))", policy.look)
        }
        return approved(digest, evidence, survivor, isAutomatic: false)
    }

    private func approved(
        _ digest: String, _ evidence: ClusterEvidence, _ survivor: EtcdRecovery.Survivor, isAutomatic: Bool
    ) -> RecoveryStep {
        var next = recovery.inPhase(.snapshotting, "taking rescue copies of every member that answers", at: now)
        next.approval = .init(digest: digest, time: Timestamp(now), automatic: isAutomatic ? true : nil)
        next.survivor = survivor
        next.destination = place?.destination
        next.rescueServer = place?.server
        if !evidence.isAnswered, let earlier { next.rescueCopies = earlier.status?.rescueCopies }
        next.layout = evidence.layout
        let who = isAutomatic ? "by the cluster's annotation" : "by a person"
        return .write(next, News(reason: "Approved", message: "approved \(who), state \(digest.prefix(12))"))
    }

    private func copy(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return isLate ? fail(late) : say(blind, policy.look) }
        if case .hasQuorum(let why) = evidence.standing {
            return end(.cancelled, "quorum came back before anything was changed: \(why)")
        }
        guard var survivor = recovery.status?.survivor else { return fail(late) }
        let copied = Set((recovery.status?.rescueCopies ?? []).map(\.member))
        let answering = evidence.members.filter { $0.status != nil }.map(\.name)
        if let destination {
            let missing = answering.filter { !copied.contains($0) && uncopied[$0] == nil }
            if !missing.isEmpty {
                guard destination.server == nil || hasFinalizer else { return .addFinalizer }
                // The one that counts first, should there not be room for all.
                return .copy(missing.filter { $0 == survivor.name } + missing.filter { $0 != survivor.name })
            }
            // A store that is away for a moment is no reason to do without.
            let later = answering.filter { !copied.contains($0) && uncopied[$0]?.mayPass == true }
            if let first = later.first, let failure = uncopied[first], !isLate {
                return say("no rescue copy of \(first) yet: \(failure.message)", policy.pause)
            }
        }
        if !copied.contains(survivor.name), survivor.fromVolume == true,
            let step = copyVolume(survivor, evidence, policy)
        {
            return step
        }
        if !copied.contains(survivor.name), survivor.fromVolume != true {
            // Without the rights that only a majority gives out, its volume is read where it lies.
            guard let failure = uncopied[survivor.name] else {
                return isLate ? fail(late) : say("\(survivor.name) does not answer", policy.pause)
            }
            let seen = evidence[survivor.name]
            guard failure.reason == .etcdAccessDenied, let seen, evidence.isReadInPlace(seen) else {
                return isLate || !failure.mayPass ? fail(failure) : .wait(policy.pause)
            }
            survivor.fromVolume = true
            var next = recovery.inPhase(
                .snapshotting, "\(survivor.name) gives no snapshot: \(failure.message). Its volume will be read",
                at: now)
            next.survivor = survivor
            return .write(
                next, News(isWarning: true, reason: "NoRescueCopy", message: "\(survivor.name): \(failure.message)"))
        }
        guard hasFinalizer else { return .addFinalizer }
        return .write(
            recovery.rebuilding("the members stop, and \(first) starts from the data of \(survivor.name)", at: now),
            News(reason: "Rebuilding", message: plan(survivor)))
    }

    /// Nil where the first member's agent is to read what is on its own volume.
    private func copyVolume(
        _ survivor: EtcdRecovery.Survivor, _ evidence: ClusterEvidence, _ policy: RecoveryPolicy
    ) -> RecoveryStep? {
        guard let seen = evidence[survivor.name] else { return fail(late) }
        let failure = uncopied[survivor.name]
        // Its etcd runs, and lets nobody have a snapshot.
        if evidence.isReadInPlace(seen), failure?.reason == .memberRuns || !evidence.isCopiedFromVolume(seen) {
            return nil
        }
        if let failure, !failure.mayPass || isLate { return fail(failure) }
        if isLate { return fail(late) }
        if let failure {
            return say("the volume of \(survivor.name) is not copied yet: \(failure.message)", policy.pause)
        }
        guard evidence.isCopiedFromVolume(seen) else {
            return say("no pod \(survivor.name) is on a node from which its volume could be read", policy.pause)
        }
        return .copyVolume(survivor.name)
    }

    private var first: String { "\(recovery.clusterName)-0" }

    private func rebuild(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return isLate ? fail(late) : say(blind, policy.poll) }
        // Before anything else: what was laid and leads takes writes, and is never taken apart again.
        if let leader = leader(of: evidence) {
            let message = account(evidence)
            return .write(
                recovery.rebuilt(message, leader: "\(leader)", at: now),
                News(isWarning: true, reason: "DataLossPossible", message: message))
        }
        if !evidence.members.contains(where: isLaid), case .hasQuorum(let why) = evidence.standing {
            return end(.cancelled, "quorum came back before a member was stopped: \(why)")
        }
        if let setback, !setback.mayPass { return fail(setback) }
        if isLate { return fail(late) }
        let old = evidence.members.filter { $0.pod != nil && !isOurs($0) }
        let replicas = evidence.layout == .statefulSet && (evidence.replicas ?? 1) > 1 ? 1 : nil
        if replicas != nil || old.contains(where: { $0.pod?.isLeaving != true }) {
            if let setback { return say("the members are not stopped yet: \(setback.message)", policy.pause) }
            guard recovery.status?.stoppedTime != nil else { return .arm }
            // Those that are silent first: a node that does not confirm may still run one.
            let silent = old.filter { $0.status == nil }
            if old.contains(where: { $0.status != nil }),
                let hanging = silent.first(where: { $0.pod?.isLeaving == true })
            {
                return say(
                    "\(hanging.name) does not end: its node does not confirm. Make sure that the node is down, then delete the "
                        + "pod with --force; until then the members that answer are left running", policy.pause)
            }
            let first = evidence.layout == .pods && !silent.isEmpty ? silent : old
            return .rebuild(
                replicas: replicas, pods: first.filter { $0.pod?.isLeaving != true }.map(\.name))
        }
        guard old.isEmpty else {
            return say("waiting for \(old.map(\.name).joined(separator: ", ")) to stop", policy.poll)
        }
        let laid = evidence.layout == .plain ? Array(0..<evidence.size) : [0]
        for ordinal in laid {
            guard let seen = evidence.members.first(where: { $0.ordinal == ordinal }), let pod = seen.pod else {
                return say("waiting for pod \(recovery.clusterName)-\(ordinal) to be made", policy.poll)
            }
            if let step = follow(seen, pod, evidence, policy) { return step }
        }
        return say("\(first) started and has no leader yet", policy.poll)
    }

    /// Whom the members that were laid follow, when all that are to be laid do.
    private func leader(of evidence: ClusterEvidence) -> MemberID? {
        let laid = evidence.members.filter { isLaid($0) && $0.status?.isLearner == false }
        guard laid.count >= (evidence.layout == .plain ? evidence.size : 1), laid.contains(where: { $0.ordinal == 0 })
        else {
            return nil
        }
        return laid.first { $0.ordinal == 0 }?.status?.leader
    }

    /// Its pod was made for this very attempt.
    private func isLaid(_ seen: ClusterEvidence.Seen) -> Bool {
        seen.pod?.record?.uid == recovery.metadata.uid && seen.pod?.record?.generation == recovery.status?.attempts
    }

    /// In a StatefulSet that nobody runs enough may be laid already to take writes.
    private func takesWrites(_ evidence: ClusterEvidence) -> Bool {
        let led = evidence.members.filter { isLaid($0) && $0.status?.leader != nil }
        return led.count > evidence.size / 2
    }

    /// Nil where the member runs on what was laid.
    private func follow(
        _ seen: ClusterEvidence.Seen, _ pod: ClusterEvidence.SeenPod, _ evidence: ClusterEvidence,
        _ policy: RecoveryPolicy
    ) -> RecoveryStep? {
        let failure: Failure
        switch pod.state {
        case .running: return nil
        case .waiting(let why): return say("\(seen.name) waits" + (why.map { ": \($0)" } ?? ""), policy.poll)
        case .laying, .notInjected: return say("the data of \(seen.name) are being laid", policy.poll)
        case .laid(_, let trouble):
            return say("\(seen.name) is laid" + (trouble.map { ", and etcd does not run: \($0)" } ?? ""), policy.poll)
        case .failed(let report):
            failure = Failure(report)
            if failure.mayPass { return say(failure.message, policy.poll) }
        case .crashed(let reason):
            failure = Failure(
                reason: .memberNotRestored,
                message: "the init container of \(seen.name) ended without a report: \(reason)",
                mayPass: false)
        }
        // To begin anew would take back what the others have written since.
        if takesWrites(evidence) { return say(failure.message, policy.pause) }
        guard (recovery.status?.attempts ?? 0) < policy.attempts else { return fail(failure) }
        return .write(
            recovery.rebuilding("once more after: \(failure.message)", at: now),
            News(isWarning: true, reason: failure.reason.rawValue, message: failure.message))
    }

    private func scaleOut(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return say(blind, policy.poll) }
        if let lostAgain, lostAgain > recovery.gracePeriod { return fail(Self.lostAgain) }
        let here = evidence.members.filter { $0.status != nil && $0.status?.isLearner == false }
        let isWhole =
            here.count == evidence.size && evidence.verdict.voters == evidence.size
            && evidence.verdict.state == .hasQuorum && evidence.members.count == evidence.size
        guard isWhole else {
            let stuck = evidence.members.compactMap { member -> String? in
                if case .failed(let report)? = member.pod?.state { return "\(member.name): \(report.message)" }
                return nil
            }
            return say(
                (["\(here.count) of \(evidence.size) members vote"] + stuck + [setback?.message].compactMap(\.self))
                    .joined(separator: "; "), policy.poll)
        }
        // It reads all that every member has.
        if let setback { return say("verifying: \(setback.message)", policy.pause * 6) }
        return .verify
    }

    /// Whether it need not be stopped: made for this attempt, or without a place for data of an earlier life.
    private func isOurs(_ seen: ClusterEvidence.Seen) -> Bool {
        isLaid(seen)
            || (recovery.status?.layout != .plain && seen.ordinal > 0 && seen.volume == nil
                && recovery.status?.phase == .scalingOut)
    }
}
