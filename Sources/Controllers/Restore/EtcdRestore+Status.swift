import EtcdRecoverModel
import FoundationEssentials

enum RestoreConditions {
    static let succeeded = "Succeeded"
    static let restored = "SnapshotRestored"
    static let started = "Started"
}

/// The statuses that an EtcdRestore passes through, each made of the one before.
extension EtcdRestore {
    /// When the controller took it up: since then its one condition is not decided.
    var startTime: Date? {
        guard let condition = status?.conditions?[RestoreConditions.succeeded], condition.status == "Unknown" else {
            return nil
        }
        return condition.lastTransitionTime?.date
    }

    func begun(at now: Date) -> Status {
        var next = inPhase(.pending)
        set(&next, "Unknown", RestoreConditions.started, "the restore is under way", now)
        return next
    }

    func inPhase(_ phase: Phase) -> Status {
        var next = status ?? Status()
        next.phase = phase
        next.observedGeneration = metadata.generation
        return next
    }

    func proved(_ location: String) -> Status {
        var next = inPhase(.pending)
        next.snapshotLocation = location
        return next
    }

    func waiting(_ failure: RestoreFailure, at now: Date) -> Status {
        var next = inPhase(status?.phase ?? .pending)
        set(&next, "Unknown", failure.reason.rawValue, failure.message, now)
        return next
    }

    func completed(_ verification: Verification, _ message: String, at now: Date) -> Status {
        var next = inPhase(.completed)
        next.restoredCluster = targetName
        next.verification = verification
        next.completionTime = Timestamp(now)
        set(&next, "True", RestoreConditions.restored, message, now)
        return next
    }

    func failed(_ failure: RestoreFailure, at now: Date) -> Status {
        var next = inPhase(.failed)
        next.completionTime = Timestamp(now)
        set(&next, "False", failure.reason.rawValue, failure.message, now)
        return next
    }

    /// Of the one condition there is; the time is that of its status' last change.
    private func set(_ status: inout Status, _ value: String, _ reason: String, _ message: String, _ now: Date) {
        var conditions = status.conditions ?? []
        let old = conditions[RestoreConditions.succeeded]
        conditions.removeAll { $0.type == RestoreConditions.succeeded }
        conditions.append(
            Condition(
                type: RestoreConditions.succeeded, status: value, observedGeneration: metadata.generation,
                lastTransitionTime: old?.status == value ? old?.lastTransitionTime : Timestamp(now), reason: reason,
                message: message.cut(toBytes: 32 << 10)))
        status.conditions = conditions
    }
}
