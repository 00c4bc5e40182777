import EtcdRecoverModel

// Before anything is changed.
extension RecoveryObservation {
    func copy(_ policy: RecoveryPolicy) -> RecoveryStep {
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
        if let failure = copyBehind(survivor) { return fail(failure) }
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
}
