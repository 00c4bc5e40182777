import EtcdRecoverModel
import KubernetesClient
import Logging
import ObjectStore

/// Deletes the older snapshots that a backup no longer wants, when its own is safe. What fails here fails no backup.
struct Retention: Sendable {
    let client: KubernetesClient
    let backups: ObjectCache<EtcdBackup>
    let logger: Logger

    /// Throws nothing but `CancellationError`.
    func prune(_ backup: EtcdBackup, _ place: BackupPlace, _ store: ObjectStore) async throws -> PruneReport {
        var report = PruneReport()
        do {
            let count = Int(backup.spec?.retention?.retainCount ?? 0)
            if count > 0 {
                let plan = try await store.planRetention(
                    prefix: place.prefix, directory: place.cluster, cluster: place.owner, retainCount: count,
                    inUse: try await inUse(place).union([place.key]))
                let outcome = try await store.prune(plan)
                report.deleted = outcome.deleted.map(store.uri)
                report.failures = outcome.failed.map { "\($0.1)" }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            report.failures.append("\(error)")
        }
        try await sweep(place.folder, place, store)
        return report
    }

    /// What earlier lives of this very backup have left of their uploads: nobody else writes to its key.
    func sweepEarlier(_ place: BackupPlace, _ store: ObjectStore) async throws {
        // However far the store's clock is from ours.
        try await sweep(KeyPrefix(of: place.key), olderThan: .seconds(-86_400), place, store)
    }

    /// What uploads that died with their process have left.
    private func sweep(
        _ prefix: KeyPrefix, olderThan age: Duration = .seconds(86_400), _ place: BackupPlace, _ store: ObjectStore
    ) async throws {
        do {
            let swept = try await store.sweep(prefix, olderThan: age)
            if !swept.isEmpty {
                logger.notice("ended \(swept.count) dead uploads below \(store.uri(place.key))")
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            // Not every store lists uploads, nor does every role allow it.
            logger.debug("no sweep for dead uploads: \(error)")
        }
    }

    /// Asked anew: a restore that began a moment ago counts.
    func inUse(_ place: BackupPlace) async throws -> Set<ObjectKey> {
        let restores: [EtcdRestore]
        do {
            restores = try await client.list(in: .allNamespaces).items
        } catch let error as KubernetesError where error.isNotFound {
            restores = []
        }
        return SnapshotsInUse(restores: restores, backup: { [backups] in backups[$0] }).keys(in: place.destination)
    }
}
