import EtcdRecoverModel
import FoundationEssentials

// Until what was seen is approved.
extension RecoveryObservation {
    func detect(_ policy: RecoveryPolicy) -> RecoveryStep {
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

    func awaitApproval(_ policy: RecoveryPolicy) -> RecoveryStep {
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
}
