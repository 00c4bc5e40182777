import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// Brings one EtcdBackup a few steps further: observes, decides (`BackupObservation`), acts.
///
/// Every write carries the version it was decided on, so whoever is behind, a leader of yesterday included, writes nothing.
struct BackupReconciler: Sendable {
    let client: KubernetesClient
    let cache: ObjectCache<EtcdBackup>
    let transfers: Transfers<BackupStage, BackupRecord>
    let transfer: BackupTransfer
    let removal: SnapshotRemoval
    let lookup: any Lookup
    let policy: BackupPolicy
    let recorder: EventRecorder
    let metrics: BackupMetrics
    let logger: Logger

    /// More than any object needs from one rest to the next.
    private static let steps = 12

    func reconcile(_ name: ObjectName) async -> WorkQueue<ObjectName>.Outcome {
        var logger = logger
        logger[metadataKey: "backup"] = "\(name)"
        do {
            guard var backup = cache[name] else {
                transfers.forget(name)
                return .done
            }
            for _ in 0..<Self.steps {
                // Of an object of the same name that was there before.
                if let entry = transfers[name], entry.uid != backup.metadata.uid { transfers.forget(name) }
                let observation = BackupObservation(backup: backup, work: work(on: name), now: Date())
                let step = observation.nextStep(policy, jitter: .random(in: 0...1))
                logger.debug("\(step)")
                if let outcome = try await act(step, on: &backup, name, logger) { return outcome }
            }
            return .again(after: .seconds(1))
        } catch let error as KubernetesError where error.isNotFound {
            // It went meanwhile; the watch will say so.
            return .done
        } catch is CancellationError {
            return .done
        } catch let error as KubernetesError where error.isConflict {
            return .again(after: .milliseconds(500))
        } catch {
            logger.warning("\(error)")
            return .failed
        }
    }

    private func work(on name: ObjectName) -> BackupObservation.Work {
        guard let entry = transfers[name] else { return .none }
        return switch entry.state {
        case .waiting: .waiting
        case .running(.snapshotting): .snapshotting
        case .running(.uploading(let member, let reason)): .uploading(member: member, reason: reason)
        case .ended(.success(let record)): .succeeded(record)
        case .ended(.failure(let error)): .failed(BackupFailure(error), attempts: entry.attempts)
        case .pausing(let until): .pausing(left: until - .now)
        case .ending: .ending
        }
    }

    /// Nil to go on with the next step.
    private func act(
        _ step: BackupStep, on backup: inout EtcdBackup, _ name: ObjectName, _ logger: Logger
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
            backup = try await write(status, to: backup)
            if isFirst, status.phase?.isTerminal == true { count(backup, name) }
            await say(news, of: backup, logger)
            if case .ended(.success(let record)) = transfers[name]?.state, status.phase == .completed {
                for news in record.pruned.news { await say(news, of: backup, logger) }
            }
            return nil
        case .pause(let pause, let status, let news):
            backup = try await write(status, to: backup)
            transfers.pause(name, for: pause)
            metrics.retried()
            await say(news, of: backup, logger)
            return nil
        case .judge:
            // One that the rules refuse is never said to have begun.
            if try await isRefused(backup, name) { return nil }
            backup = try await write(backup.begun(at: Date()), to: backup)
            return nil
        case .begin:
            // What was admitted may be wrong by now.
            if try await isRefused(backup, name) { return nil }
            transfers.begin(name, uid: backup.metadata.uid ?? "") { [transfer, backup] report in
                try await transfer.run(backup, report: report)
            }
            return nil
        case .addFinalizer:
            backup = try await patch(
                backup, finalizers: (backup.metadata.finalizers ?? []) + [BackupObservation.finalizer])
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
        guard let refusal = BackupFailure(findings) else { return false }
        transfers.fail(name, uid: backup.metadata.uid ?? "", with: refusal)
        return true
    }

    private func count(_ backup: EtcdBackup, _ name: ObjectName) {
        switch transfers[name]?.state {
        case .ended(.success(let record)): metrics.succeeded(backup, record)
        case .ended(.failure(let error)): metrics.failed(BackupFailure(error).reason)
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
            await say(.init(isWarning: true, reason: "SnapshotKept", message: reason), of: backup, logger)
            return try await releaseFinalizer(of: backup)
        case .failed(let reason):
            let since = backup.metadata.deletionTimestamp?.date ?? .distantPast
            let isOver = Date().timeIntervalSince(since) > policy.removalPatience / .seconds(1)
            let news = BackupNews(
                isWarning: true, reason: isOver ? "SnapshotKept" : "SnapshotNotDeleted", message: reason)
            await say(news, of: backup, logger)
            return isOver ? try await releaseFinalizer(of: backup) : .failed
        }
    }

    private func releaseFinalizer(of backup: EtcdBackup) async throws -> WorkQueue<ObjectName>.Outcome {
        let rest = (backup.metadata.finalizers ?? []).filter { $0 != BackupObservation.finalizer }
        _ = try await patch(backup, finalizers: rest)
        return .done
    }
}

extension BackupReconciler {
    private struct Version: Encodable, Sendable {
        var resourceVersion: String?
        /// Replaces the whole list.
        var finalizers: [String]?
    }

    private struct StatusPatch: Encodable, Sendable {
        var metadata: Version
        var status: EtcdBackup.Status
    }

    private struct FinalizerPatch: Encodable, Sendable {
        var metadata: Version
    }

    /// A status is one write; begun, it is finished, also when we are told to stop meanwhile.
    private func write(_ status: EtcdBackup.Status, to backup: EtcdBackup) async throws -> EtcdBackup {
        let patch = StatusPatch(
            metadata: Version(resourceVersion: backup.metadata.resourceVersion), status: status)
        let written: EtcdBackup = try await client.patch(
            name: backup.metadata.name ?? "", namespace: backup.metadata.namespace, subresource: "status",
            with: .merge(patch), options: WriteOptions(fieldManager: "etcdrecover-controller"))
        cache.store(written)
        return written
    }

    private func patch(_ backup: EtcdBackup, finalizers: [String]) async throws -> EtcdBackup {
        let patch = FinalizerPatch(
            metadata: Version(resourceVersion: backup.metadata.resourceVersion, finalizers: finalizers))
        let written: EtcdBackup = try await client.patch(
            name: backup.metadata.name ?? "", namespace: backup.metadata.namespace, with: .merge(patch),
            options: WriteOptions(fieldManager: "etcdrecover-controller"))
        cache.store(written)
        return written
    }

    /// To the log and as an Event, whose loss is no reason to stop.
    private func say(_ news: BackupNews?, of backup: EtcdBackup, _ logger: Logger) async {
        guard let news else { return }
        logger.log(level: news.isWarning ? .warning : .notice, "\(news.reason): \(news.message)")
        do {
            try await recorder.record(
                news.isWarning ? .warning : .normal, reason: news.reason, message: news.message, about: backup)
        } catch {
            logger.debug("an Event was not written: \(error)")
        }
    }
}
