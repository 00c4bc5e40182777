import EtcdClient
import EtcdRecoverModel

// From the stop of the members to a cluster that takes writes.
extension RecoveryObservation {
    var first: String { "\(recovery.clusterName)-0" }

    func rebuild(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let evidence else { return isLate ? fail(late) : say(blind, policy.poll) }
        // Before anything else: what was laid and leads takes writes, and is never taken apart again.
        if let step = takeUp(evidence) { return step }
        if !evidence.members.contains(where: isOfThis), case .hasQuorum(let why) = evidence.standing {
            return end(.cancelled, "quorum came back before a member was stopped: \(why)")
        }
        if takesWrites(evidence) {
            if recovery.status?.dataLoss == nil {
                let message = account(evidence)
                return .write(
                    recovery.accounted(message, at: now),
                    News(isWarning: true, reason: "DataLossPossible", message: message))
            }
        } else {
            if let setback, !setback.mayPass { return fail(setback) }
            if isLate { return fail(late) }
        }
        if recovery.status?.stoppedTime == nil, let step = holdBack(evidence, policy) { return step }
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

    /// What was laid and leads takes writes, whichever attempt laid it, and is gone on with. Nil while nothing does.
    func takeUp(_ evidence: ClusterEvidence) -> RecoveryStep? {
        let laid = evidence.members.filter { isOfThis($0) && $0.status?.isLearner == false }
        guard let first = laid.first(where: { $0.ordinal == 0 }), let attempt = first.pod?.record?.generation,
            laid.allSatisfy({ $0.pod?.record?.generation == attempt }),
            laid.count >= (evidence.layout == .plain ? evidence.size : 1), let leader = first.status?.leader
        else { return nil }
        let message = account(evidence)
        return .write(
            recovery.rebuilt(message, leader: "\(leader)", attempt: attempt, at: now),
            News(isWarning: true, reason: "DataLossPossible", message: message))
    }

    /// Its pod was made for this recovery.
    private func isOfThis(_ seen: ClusterEvidence.Seen) -> Bool {
        seen.pod?.record != nil && seen.pod?.record?.uid == recovery.metadata.uid
    }

    /// Its pod was made for this very attempt.
    func isLaid(_ seen: ClusterEvidence.Seen) -> Bool {
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

    /// Whether it need not be stopped: made for this attempt, or without a place for data of an earlier life.
    private func isOurs(_ seen: ClusterEvidence.Seen) -> Bool {
        isLaid(seen)
            || (recovery.status?.layout != .plain && seen.ordinal > 0 && seen.volume == nil
                && recovery.status?.phase == .scalingOut)
    }
}
