import EtcdRecoverModel
import FoundationEssentials

enum BackupConditions {
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
        next.conditions.setSucceeded("True", BackupConditions.uploaded, record.summary, of: metadata, at: now)
        return next
    }

    func failed(_ failure: Failure, at now: Date) -> Status {
        var next = begun(at: now)
        next.phase = .failed
        next.completionTime = Timestamp(now)
        next.conditions.setSucceeded("False", failure.reason.rawValue, failure.message, of: metadata, at: now)
        return next
    }

    func retrying(_ failure: Failure, next attempt: String, at now: Date) -> Status {
        var next = begun(at: now)
        next.conditions.setSucceeded(
            "Unknown", failure.reason.rawValue, "\(failure.message); \(attempt)", of: metadata, at: now)
        return next
    }
}

extension BackupRecord {
    var summary: String {
        let revision = snapshot.revision.map { ", revision \($0)" } ?? ""
        return "\(location): \(size) bytes\(revision)"
    }
}
