import EtcdRecoverModel
import FoundationEssentials

/// The statuses that an EtcdRecovery passes through, each made of the one before.
extension EtcdRecovery {
    func begun(at now: Date) -> Status {
        var next = inPhase(.detecting, "looking at the members", at: now)
        // Never from the future nor from long ago, whoever wrote it.
        let made = metadata.creationTimestamp?.date ?? now
        let since = metadata.annotations?[Self.sinceAnnotation].map(Timestamp.init)?.date.map {
            max(min($0, now), made.addingTimeInterval(-60))
        }
        next.detectedTime = next.detectedTime ?? Timestamp(since ?? now)
        return next
    }

    func inPhase(_ phase: Phase, _ message: String, at now: Date) -> Status {
        var next = status ?? Status()
        if next.phase != phase { next.lastTransitionTime = Timestamp(now) }
        next.phase = phase
        next.message = message
        next.observedGeneration = metadata.generation
        if !phase.isTerminal { set(&next, Self.recovering, "True", phase.rawValue, message, now) }
        return next
    }

    /// The next attempt.
    func rebuilding(_ message: String, at now: Date) -> Status {
        var next = inPhase(.rebuilding, message, at: now)
        next.attempts = (status?.attempts ?? 0) + 1
        return next
    }

    /// Written before it is done, so that whoever takes over knows.
    func stopping(at now: Date) -> Status {
        var next = status ?? Status()
        next.stoppedTime = next.stoppedTime ?? Timestamp(now)
        return next
    }

    /// It failed when members had been stopped, and none of them has taken writes since.
    var leavesMembersStopped: Bool {
        status?.phase == .failed && status?.stoppedTime != nil && status?.dataLoss == nil
    }

    /// A later one has brought the cluster back, or has found that it had its majority again.
    func isSuperseded(among others: [EtcdRecovery]) -> Bool {
        let stopped = status?.stoppedTime?.rawValue ?? ""
        return others.contains { other in
            guard other.metadata.uid != metadata.uid else { return false }
            let cameBack = other.status?.phase == .cancelled && other.spec?.aborted != true
            return other.status?.dataLoss?.recoveredTime?.rawValue ?? "" > stopped
                || cameBack && other.status?.completionTime?.rawValue ?? "" > stopped
        }
    }

    /// The account is written now, when the cluster takes writes again, and never again.
    /// - Parameter attempt: whose data it was rebuilt from.
    func rebuilt(_ message: String, leader: String, attempt: Int64, at now: Date) -> Status {
        var next = inPhase(.scalingOut, "\(leader) leads and takes writes; the others are added back", at: now)
        next.laidAttempt = attempt
        next.completionTime = nil
        account(&next, message, now)
        return next
    }

    /// While some of the members that are all laid at once take writes, and others wait.
    func accounted(_ message: String, at now: Date) -> Status {
        var next = status ?? Status()
        account(&next, message, now)
        return next
    }

    private func account(_ next: inout Status, _ message: String, _ now: Date) {
        if next.dataLoss == nil {
            var loss = DataLoss()
            loss.survivorMemberID = status?.survivor?.memberID
            loss.survivorRevision = status?.survivor?.revision
            loss.raftIndex = status?.survivor?.raftIndex
            loss.recoveredTime = Timestamp(now)
            loss.message = message
            next.dataLoss = loss
        }
        set(&next, Self.dataLossPossible, "True", "Rebuilt", message, now)
    }

    func completed(_ verification: Verification, _ message: String, at now: Date) -> Status {
        var next = ended(.completed, message, at: now)
        next.verification = verification
        return next
    }

    func ended(_ phase: Phase, _ message: String, at now: Date) -> Status {
        var next = inPhase(phase, message, at: now)
        next.completionTime = Timestamp(now)
        set(&next, Self.recovering, "False", phase.rawValue, message, now)
        return next
    }

    func failed(_ failure: Failure, _ message: String, at now: Date) -> Status {
        var next = ended(.failed, message, at: now)
        set(&next, Self.recovering, "False", failure.reason.rawValue, message, now)
        return next
    }

    /// A person does not want it: none is made anew while the record is there.
    var isCalledOff: Bool { status?.phase == .cancelled && spec?.aborted == true }

    var isToBeAcknowledged: Bool {
        spec?.acknowledged == true && status?.conditions?[Self.dataLossPossible]?.status == "True"
    }

    func acknowledged(at now: Date) -> Status {
        var next = status ?? Status()
        set(&next, Self.dataLossPossible, "False", "Acknowledged", status?.dataLoss?.message ?? "", now)
        return next
    }

    private func set(
        _ next: inout Status, _ type: String, _ value: String, _ reason: String, _ message: String, _ now: Date
    ) {
        let condition = Condition(
            type: type, status: value, observedGeneration: metadata.generation, reason: reason, message: message)
        next.conditions = next.conditions ?? []
        next.conditions?.set(condition, at: now)
    }
}
