import EtcdRecoverModel
import FoundationEssentials

enum RestoreConditions {
    static let restored = "SnapshotRestored"
    static let started = "Started"
}

/// The statuses that an EtcdRestore passes through, each made of the one before.
extension EtcdRestore {
    /// When the controller took it up: since then its one condition is not decided.
    var startTime: Date? {
        guard let condition = status?.conditions?[SucceededCondition.type], condition.status == "Unknown" else {
            return nil
        }
        return condition.lastTransitionTime?.date
    }

    /// What holds it up, as a controller before this one may have written it down.
    var setback: Failure? {
        guard let condition = status?.conditions?[SucceededCondition.type], condition.status == "Unknown",
            let reason = condition.reason.flatMap(Failure.Reason.init)
        else { return nil }
        return Failure(reason: reason, message: condition.message ?? "", mayPass: true)
    }

    func begun(at now: Date) -> Status { inPhase(.pending, at: now) }

    func inPhase(_ phase: Phase, at now: Date) -> Status {
        var next = status ?? Status()
        next.phase = phase
        next.observedGeneration = metadata.generation
        // What held it up before does not any more.
        next.conditions.setSucceeded(
            "Unknown", RestoreConditions.started, "the restore is under way", of: metadata, at: now)
        return next
    }

    func proved(_ location: String, at now: Date) -> Status {
        var next = inPhase(.pending, at: now)
        next.snapshotLocation = location
        return next
    }

    func waiting(_ failure: Failure, at now: Date) -> Status {
        var next = inPhase(status?.phase ?? .pending, at: now)
        next.conditions.setSucceeded("Unknown", failure.reason.rawValue, failure.message, of: metadata, at: now)
        return next
    }

    func completed(_ verification: Verification, _ message: String, at now: Date) -> Status {
        var next = inPhase(.completed, at: now)
        next.restoredCluster = targetName
        next.verification = verification
        next.completionTime = Timestamp(now)
        next.conditions.setSucceeded("True", RestoreConditions.restored, message, of: metadata, at: now)
        return next
    }

    func failed(_ failure: Failure, at now: Date) -> Status {
        var next = inPhase(.failed, at: now)
        next.completionTime = Timestamp(now)
        next.conditions.setSucceeded("False", failure.reason.rawValue, failure.message, of: metadata, at: now)
        return next
    }
}
