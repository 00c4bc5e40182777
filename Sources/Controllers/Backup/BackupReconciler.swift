import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// Brings one EtcdBackup a few steps further: observes, decides (`BackupObservation`), acts.
struct BackupReconciler: Sendable {
    let cache: ObjectCache<EtcdBackup>
    let reporter: Reporter<EtcdBackup>
    let transfers: Transfers<BackupStage, BackupRecord>
    let transfer: BackupTransfer
    let removal: SnapshotRemoval
    let lookup: any Lookup
    let policy: BackupPolicy
    let metrics: BackupMetrics
    let logger: Logger

    func reconcile(_ name: ObjectName) async -> WorkQueue<ObjectName>.Outcome {
        var logger = logger
        logger[metadataKey: "backup"] = "\(name)"
        guard var backup = cache[name] else {
            transfers.forget(name)
            return .done
        }
        // Taken up here for the first time: nobody can have left anything of an upload.
        var isNew = false
        return await .ofSteps(logger) { [logger] in
            // Of an object of the same name that was there before.
            if let entry = transfers[name], entry.uid != backup.metadata.uid { transfers.forget(name) }
            let observation = BackupObservation(backup: backup, work: work(on: name), now: Date())
            let step = observation.nextStep(policy, jitter: .random(in: 0...1))
            logger.debug("\(step)")
            if let outcome = try await act(step, on: &backup, isNew: isNew, name, logger) { return outcome }
            isNew = step == .judge
            return nil
        }
    }

    private func work(on name: ObjectName) -> BackupObservation.Work {
        guard let entry = transfers[name] else { return .none }
        return switch entry.state {
        case .waiting: .waiting
        case .running(.snapshotting): .snapshotting
        case .running(.uploading(let member, let reason)): .uploading(member: member, reason: reason)
        case .ended(.success(let record)): .succeeded(record)
        case .ended(.failure(let error)): .failed(Failure(ofUpload: error), attempts: entry.attempts)
        case .pausing(let until): .pausing(left: until - .now)
        case .ending: .ending
        }
    }

    /// Nil to go on with the next step.
    private func act(
        _ step: BackupStep, on backup: inout EtcdBackup, isNew: Bool, _ name: ObjectName, _ logger: Logger
    ) async throws -> WorkQueue<ObjectName>.Outcome? {
        switch step {
        case .rest:
            if backup.status?.phase?.isTerminal == true { transfers.forget(name) }
            return .done
        case .wait(let pause): return .again(after: pause)
        case .cancel:
            transfers.forget(name)
            return .done
        case .write(let status, let news):
            let isFirst = backup.status?.phase?.isTerminal != true
            backup = try await reporter.write(status, to: backup)
            if isFirst, status.phase?.isTerminal == true { count(backup, name) }
            await reporter.say(news, of: backup, logger)
            if case .ended(.success(let record)) = transfers[name]?.state, status.phase == .completed {
                for news in record.pruned.news { await reporter.say(news, of: backup, logger) }
            }
            return nil
        case .pause(let pause, let status, let news):
            backup = try await reporter.write(status, to: backup)
            transfers.pause(name, for: pause)
            metrics.retried()
            await reporter.say(news, of: backup, logger)
            return nil
        case .judge:
            // One that the rules refuse is never said to have begun.
            if try await isRefused(backup, name) { return nil }
            backup = try await reporter.write(backup.begun(at: Date()), to: backup)
            return nil
        case .begin:
            // What was admitted may be wrong by now.
            if try await isRefused(backup, name) { return nil }
            transfers.begin(name, uid: backup.metadata.uid ?? "") { [transfer, backup] report in
                try await transfer.run(backup, isNew: isNew, report: report)
            }
            return nil
        case .addFinalizer:
            backup = try await reporter.write(
                finalizers: (backup.metadata.finalizers ?? []) + [BackupObservation.finalizer], to: backup)
            return nil
        case .removeFinalizer:
            transfers.forget(name)
            return try await releaseFinalizer(of: backup)
        case .removeSnapshot: return try await removeSnapshot(of: backup, name, logger)
        }
    }

    /// Asks the rules of admission, where nobody may have asked before. A refusal counts as an attempt that failed.
    private func isRefused(_ backup: EtcdBackup, _ name: ObjectName) async throws -> Bool {
        let findings = await backup.allFindings(lookup: lookup, options: policy.rules)
        try Task.checkCancellation()
        guard let refusal = Failure(findings, reason: Self.reason) else { return false }
        transfers.fail(name, uid: backup.metadata.uid ?? "", with: refusal)
        return true
    }

    /// Of what is wrong with the cluster or the Secret alone, which was there when the object was admitted.
    static func reason(of errors: [Finding]) -> Failure.Reason {
        let rules = Set(errors.map(\.rule.rawValue))
        if rules == ["backup.clusterRef.notFound"] { return .clusterNotFound }
        return rules.allSatisfy { $0.hasPrefix("secret.") } ? .credentialsMissing : .invalidSpec
    }

    private func count(_ backup: EtcdBackup, _ name: ObjectName) {
        switch transfers[name]?.state {
        case .ended(.success(let record)): metrics.succeeded(backup, record)
        case .ended(.failure(let error)): metrics.failed(Failure(ofUpload: error).reason)
        default: break
        }
    }

    private func removeSnapshot(
        of backup: EtcdBackup, _ name: ObjectName, _ logger: Logger
    ) async throws -> WorkQueue<ObjectName>.Outcome? {
        transfers.forget(name)
        switch try await removal.remove(backup) {
        case .removed(let location):
            if let location { logger.notice("deleted \(location)") }
            return try await releaseFinalizer(of: backup)
        case .hopeless(let reason):
            await reporter.say(.init(isWarning: true, reason: "SnapshotKept", message: reason), of: backup, logger)
            return try await releaseFinalizer(of: backup)
        case .failed(let reason):
            let since = backup.metadata.deletionTimestamp?.date ?? .distantPast
            let isOver = Date().timeIntervalSince(since) > policy.removalPatience / .seconds(1)
            let news = News(
                isWarning: true, reason: isOver ? "SnapshotKept" : "SnapshotNotDeleted", message: reason)
            await reporter.say(news, of: backup, logger)
            return isOver ? try await releaseFinalizer(of: backup) : .failed
        }
    }

    private func releaseFinalizer(of backup: EtcdBackup) async throws -> WorkQueue<ObjectName>.Outcome {
        let rest = (backup.metadata.finalizers ?? []).filter { $0 != BackupObservation.finalizer }
        _ = try await reporter.write(finalizers: rest, to: backup)
        return .done
    }
}
