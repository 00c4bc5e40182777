import EtcdRecoverModel
import FoundationEssentials

/// What is known of one EtcdBackup.
struct BackupObservation: Sendable {
    var backup: EtcdBackup
    var work: Work
    var now: Date

    /// On it, in this process.
    enum Work: Sendable {
        /// Never begun here, or forgotten.
        case none
        case waiting
        case snapshotting
        /// From this member, because of this.
        case uploading(member: String, reason: String)
        case succeeded(BackupRecord)
        case failed(Failure, attempts: Int)
        case pausing(left: Duration)
        case ending
    }
}

/// What to do next about an EtcdBackup.
enum BackupStep: Hashable, Sendable {
    /// Nothing, until something changes.
    case rest
    case wait(Duration)
    case addFinalizer
    case write(EtcdBackup.Status, News?)
    /// Write, then wait for the next attempt.
    case pause(Duration, EtcdBackup.Status, News)
    /// Ask the rules about one that is new.
    case judge
    /// Ask them again, then begin an attempt.
    case begin
    /// End what is under way.
    case cancel
    case removeSnapshot
    case removeFinalizer
}

extension BackupObservation {
    static let finalizer = "etcdrecover.operator.etcd.io/snapshot"

    /// `jitter` is 0 to 1.
    func nextStep(_ policy: BackupPolicy, jitter: Double) -> BackupStep {
        let status = backup.status
        let hasFinalizer = backup.metadata.finalizers?.contains(Self.finalizer) == true
        if backup.metadata.deletionTimestamp != nil {
            switch work {
            case .ending: return .rest
            case .waiting, .snapshotting, .uploading: return .cancel
            case .none, .succeeded, .failed, .pausing: break
            }
            guard hasFinalizer else { return .rest }
            return backup.spec?.deletionPolicy == .delete ? .removeSnapshot : .removeFinalizer
        }
        if case .ending = work { return .rest }
        guard status?.phase?.isTerminal != true else { return .rest }
        if backup.spec?.deletionPolicy == .delete, !hasFinalizer { return .addFinalizer }
        let isBegun = status?.startTime?.date != nil && status?.phase != nil
        switch work {
        case .none where !isBegun: return .judge
        default: return step(status ?? EtcdBackup.Status(), policy, jitter)
        }
    }

    private func step(_ status: EtcdBackup.Status, _ policy: BackupPolicy, _ jitter: Double) -> BackupStep {
        switch work {
        case .none:
            guard isPatient(status, after: .zero, policy) else { return tooLate }
            return .begin
        case .waiting, .ending: return .rest
        case .pausing(let left): return left > .zero ? .wait(left) : .begin
        case .snapshotting:
            guard status.phase != .snapshotting else { return .rest }
            return .write(
                backup.inPhase(.snapshotting),
                News(reason: "Snapshotting", message: "choosing a member to take the snapshot of"))
        case .uploading(let member, let reason):
            guard status.phase != .uploading else { return .rest }
            return .write(
                backup.inPhase(.uploading),
                News(reason: "Uploading", message: "the snapshot is taken of member \(member), \(reason)"))
        case .succeeded(let record):
            return .write(
                backup.completed(record, at: now),
                News(reason: BackupConditions.uploaded, message: record.summary))
        case .failed(let failure, let attempts):
            let pause = policy.backoff.pause(after: attempts, jitter: jitter)
            guard failure.mayPass, attempts < policy.attempts, isPatient(status, after: pause, policy) else {
                return .write(backup.failed(failure, at: now), News(failure))
            }
            let next = "attempt \(attempts + 1) of \(policy.attempts) follows"
            return .pause(
                pause, backup.retrying(failure, next: next, at: now),
                News(isWarning: true, reason: failure.reason.rawValue, message: "\(failure.message); \(next)"))
        }
    }

    private var tooLate: BackupStep {
        let failure = Failure(
            reason: .timedOut,
            message:
                "it was begun at \(backup.status?.startTime?.rawValue ?? ""), and no attempt begins so long afterwards: take "
                + "another backup", mayPass: false)
        return .write(backup.failed(failure, at: now), News(failure))
    }

    /// The bound that holds however often the controller starts anew.
    private func isPatient(_ status: EtcdBackup.Status, after pause: Duration, _ policy: BackupPolicy) -> Bool {
        guard let start = status.startTime?.date else { return true }
        let limit = max(policy.patience, backup.snapshotTimeout * 2)
        return now.timeIntervalSince(start) + pause / .seconds(1) < limit / .seconds(1)
    }
}

extension EtcdBackup {
    /// The spec's, else the default.
    var snapshotTimeout: Duration {
        let text = spec?.snapshotTimeout ?? ""
        return ((try? GoDuration(parsing: text.isEmpty ? "10m" : text)) ?? .seconds(600)).duration
    }
}
