import EtcdClient
import EtcdRecoverModel

// Until all members are back.
extension RecoveryObservation {
    func scaleOut(_ policy: RecoveryPolicy) -> RecoveryStep {
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
        if let setback, !setback.mayPass { return fail(setback) }
        // It reads all that every member has.
        if let setback { return say("verifying: \(setback.message)", policy.pause * 6) }
        return .verify
    }
}
