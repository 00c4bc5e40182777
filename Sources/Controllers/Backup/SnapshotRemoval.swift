import EtcdRecoverModel
import FoundationEssentials
import ObjectStore

/// Deletes the snapshot of an EtcdBackup that goes and takes it along.
///
/// It never keeps its object from going for ever: what cannot be deleted is left where it is, and said.
struct SnapshotRemoval: Sendable {
    let stores: DestinationStores
    let retention: Retention

    enum Outcome: Hashable, Sendable {
        /// It is gone, or was never there.
        case removed(String?)
        /// To be tried again.
        case failed(String)
        /// Nobody will ever delete it from here.
        case hopeless(String)
    }

    func remove(_ backup: EtcdBackup) async throws -> Outcome {
        // Without a place nothing was uploaded.
        guard let place = try? BackupPlace(backup) else { return .removed(nil) }
        do {
            let user = "EtcdBackup \(place.namespace)/\(backup.metadata.name ?? "")"
            // The queue tries again, and counts the time.
            let limits = TransferLimits(retry: RetryPolicy(attempts: 3))
            let store = try stores.open(place.destination, in: place.namespace, for: user, limits: limits)
            let object = try await store.head(place.key)
            guard object.metadata?.cluster == place.owner else {
                return .hopeless("\(store.uri(place.key)) is not this backup's: its cluster is recorded otherwise")
            }
            if try await retention.inUse(place).contains(place.key) {
                return .failed("\(store.uri(place.key)) is the source of a restore that is not finished")
            }
            try await store.delete(place.key)
            return .removed(store.uri(place.key))
        } catch let error as StoreError {
            switch error {
            case .notFound: return .removed(nil)
            case .noBucket, .noCredentials, .locked, .invalidKey, .invalidLocation: return .hopeless("\(error)")
            default: return .failed("\(error)")
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            return .failed("\(error)")
        }
    }
}
