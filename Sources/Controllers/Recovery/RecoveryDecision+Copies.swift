import EtcdClient
import EtcdRecoverModel

// Before anything is changed.
extension RecoveryObservation {
    func copy(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return isLate ? fail(late) : say(blind, policy.look) }
        if case .hasQuorum(let why) = evidence.standing {
            return end(.cancelled, "quorum came back before anything was changed: \(why)")
        }
        guard let survivor = recovery.status?.survivor else { return fail(late) }
        let copied = Set((recovery.status?.rescueCopies ?? []).map(\.member))
        let answering = evidence.members.filter { $0.status != nil }.map(\.name)
        if let destination {
            let missing = answering.filter { !copied.contains($0) && uncopied[$0] == nil }
            if !missing.isEmpty {
                guard destination.server == nil || hasFinalizer else { return hold(policy) }
                // The one that counts first, should there not be room for all.
                return .copy(missing.filter { $0 == survivor.name } + missing.filter { $0 != survivor.name })
            }
            // A store that is away for a moment is no reason to do without.
            let later = answering.filter { !copied.contains($0) && uncopied[$0]?.mayPass == true }
            if let first = later.first, let failure = uncopied[first], !isLate {
                return say("no rescue copy of \(first) yet: \(failure.message)", policy.pause)
            }
        }
        let isCopied = copied.contains(survivor.name)
        if !isCopied, survivor.fromVolume == true, let step = copyVolume(survivor, evidence, policy) { return step }
        if !isCopied, survivor.fromVolume != true {
            // Without the rights that only a majority gives out, its volume is read where it lies.
            guard let failure = uncopied[survivor.name] else {
                return isLate ? fail(late) : say("\(survivor.name) does not answer", policy.pause)
            }
            let seen = evidence[survivor.name]
            guard failure.reason == .etcdAccessDenied, let seen, evidence.isReadInPlace(seen) else {
                return isLate || !failure.mayPass ? fail(failure) : .wait(policy.pause)
            }
            return readInPlace(survivor, because: failure)
        }
        if let failure = copyBehind(survivor) { return fail(failure) }
        if let step = holdBack(evidence, policy) { return step }
        guard hasFinalizer else { return hold(policy) }
        return .write(
            recovery.rebuilding("the members stop, and \(first) starts from the data of \(survivor.name)", at: now),
            News(reason: "Rebuilding", message: plan(survivor)))
    }

    /// The finalizer, which admission has to let pass as anything else: without the webhook nothing is begun.
    private func hold(_ policy: RecoveryPolicy) -> RecoveryStep {
        if isLate { return fail(late) }
        guard let setback else { return .addFinalizer }
        return say("nothing is changed before the record is held by a finalizer: \(setback.message)", policy.pause)
    }

    /// What it is rebuilt from has to have all that was approved to be kept.
    private func copyBehind(_ survivor: EtcdRecovery.Survivor) -> Failure? {
        let copy = recovery.status?.rescueCopies?.first { $0.member == survivor.name }
        // An empty keyspace names no revision, and is at 1.
        guard let copy, let revision = copy.revision, let kept = survivor.revision, max(1, revision) < kept else {
            return nil
        }
        return Failure(
            reason: .snapshotChanged,
            message:
                "\(copy.location) is of revision \(revision), and \(survivor.name) had \(kept) when it was approved",
            mayPass: false)
    }

    /// Its etcd runs, and nobody gets a copy of what it has: its own agent takes it, once it was stopped.
    private func readInPlace(_ survivor: EtcdRecovery.Survivor, because failure: Failure) -> RecoveryStep {
        var survivor = survivor
        (survivor.fromVolume, survivor.readInPlace) = (true, true)
        var next = recovery.inPhase(
            .snapshotting, "\(survivor.name) gives no snapshot: \(failure.message). Its volume will be read", at: now)
        next.survivor = survivor
        return .write(
            next, News(isWarning: true, reason: "NoRescueCopy", message: "\(survivor.name): \(failure.message)"))
    }

    /// What keeps a cluster from being stopped whose state is not what was approved; nil where it is that still.
    func holdBack(_ evidence: ClusterEvidence, _ policy: RecoveryPolicy) -> RecoveryStep? {
        if let news = overtaking(evidence) {
            return fail(
                Failure(
                    reason: .stateChanged, message: "\(news) since it was approved: look again at what is there now",
                    mayPass: false))
        }
        guard case .unclear(let why) = evidence.standing else { return nil }
        return isLate ? fail(late) : say("not clear any more: \(why)", policy.look)
    }

    /// A member that knows more than it did, or than what is kept where it was silent: a majority was there meanwhile, or a
    /// member has come up.
    private func overtaking(_ evidence: ClusterEvidence) -> String? {
        for seen in evidence.members {
            guard let status = seen.status, !status.isLearner else { continue }
            let before = recovery.status?.observed?.members?.first { $0.name == seen.name && $0.reachable }
            let known = before?.raftIndex ?? recovery.status?.survivor?.raftIndex ?? 0
            guard Int64(clamping: status.raftAppliedIndex) > known else { continue }
            return before == nil
                ? "\(seen.name) has come up, at raft index \(status.raftAppliedIndex),"
                : "\(seen.name) has come from raft index \(known) to \(status.raftAppliedIndex)"
        }
        return nil
    }

    /// Nil where the first member's agent is to read what is on its own volume.
    private func copyVolume(
        _ survivor: EtcdRecovery.Survivor, _ evidence: ClusterEvidence, _ policy: RecoveryPolicy
    ) -> RecoveryStep? {
        guard survivor.readInPlace != true else { return nil }
        guard let seen = evidence[survivor.name] else { return fail(late) }
        let failure = uncopied[survivor.name]
        if let failure, locked.contains(survivor.name), evidence.isReadInPlace(seen) {
            return readInPlace(survivor, because: failure)
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
}
