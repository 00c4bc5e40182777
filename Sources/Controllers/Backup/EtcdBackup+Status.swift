import EtcdRecoverModel
import FoundationEssentials

enum BackupConditions {
    static let succeeded = "Succeeded"
    static let uploaded = "SnapshotUploaded"
}

/// The statuses that an EtcdBackup passes through, each made of the one before.
extension EtcdBackup {
    func begun(at now: Date) -> Status {
        var next = inPhase(.pending)
        // Kept when it is there: the snapshot's key is made of it.
        if next.startTime?.date == nil { next.startTime = Timestamp(now) }
        return next
    }

    func inPhase(_ phase: Phase) -> Status {
        var next = status ?? Status()
        next.phase = phase
        next.observedGeneration = metadata.generation
        return next
    }

    func completed(_ record: BackupRecord, at now: Date) -> Status {
        var next = inPhase(.completed)
        next.snapshotLocation = record.location
        next.snapshotSizeBytes = record.size
        next.snapshot = record.snapshot
        next.completionTime = Timestamp(now)
        set(&next, "True", BackupConditions.uploaded, record.summary, now)
        return next
    }

    func failed(_ failure: BackupFailure, at now: Date) -> Status {
        var next = begun(at: now)
        next.phase = .failed
        next.completionTime = Timestamp(now)
        set(&next, "False", failure.reason.rawValue, failure.message, now)
        return next
    }

    func retrying(_ failure: BackupFailure, next attempt: String, at now: Date) -> Status {
        var next = begun(at: now)
        set(&next, "Unknown", failure.reason.rawValue, "\(failure.message); \(attempt)", now)
        return next
    }

    /// Of the one condition there is; the time is that of its status' last change.
    private func set(_ status: inout Status, _ value: String, _ reason: String, _ message: String, _ now: Date) {
        var conditions = status.conditions ?? []
        let old = conditions[BackupConditions.succeeded]
        conditions.removeAll { $0.type == BackupConditions.succeeded }
        conditions.append(
            Condition(
                type: BackupConditions.succeeded, status: value, observedGeneration: metadata.generation,
                lastTransitionTime: old?.status == value ? old?.lastTransitionTime : Timestamp(now), reason: reason,
                message: message.cut(toBytes: 32 << 10)))
        status.conditions = conditions
    }
}

extension BackupRecord {
    var summary: String {
        let revision = snapshot.revision.map { ", revision \($0)" } ?? ""
        return "\(location): \(size) bytes\(revision)"
    }
}

extension String {
    /// At whole characters.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var text = self
        while text.utf8.count > limit - 3 { text.removeLast(max(1, (text.utf8.count - limit + 3) / 4)) }
        return text + "…"
    }
}
