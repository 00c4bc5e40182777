import EtcdClient
import FoundationEssentials
import ObjectStore
import SnapshotFile
import Synchronization

extension SnapshotSaving {
    /// Into a store. The object comes to be only when the whole stream was found right; after any failure nothing of it is
    /// left there.
    func save(to place: StorePlace, _ stores: StoreConnection, _ writing: StoreWriteOptions) async throws
        -> SavedSnapshot
    {
        let environment = stores.environment
        if place.isFolder {
            let (target, prefix) = try place.folder(stores.options, writing: writing, environment: environment)
            return try await stores.withStore(target) { store in
                // Whether the store is there and takes us shows before etcd is asked for anything.
                try await Self.look(below: prefix, in: store)
                return try await upload(to: store) { member, time in try member.key(below: prefix, at: time) }
            }
        }
        let (target, key) = try place.object(stores.options, writing: writing, environment: environment)
        return try await stores.withStore(target) { store in
            do {
                _ = try await store.head(key)
                throw StoreError.exists(store.uri(key))
            } catch StoreError.notFound {
            } catch StoreError.denied {
                // The answer to a look at one object never says why.
                try await Self.look(below: .all, in: store)
            }
            return try await upload(to: store) { _, _ in key }
        }
    }

    /// Throws where the store does not take our keys. Who may write need not be allowed to list: writing will show.
    private static func look(below prefix: KeyPrefix, in store: ObjectStore) async throws {
        do { _ = try await store.list(prefix, limit: 1) } catch StoreError.denied(_, _, let reason)
            where reason.hasPrefix("AccessDenied") || reason.hasPrefix("403")
        {}
    }

    private func upload(
        to store: ObjectStore, as key: @escaping @Sendable (ChosenMember, Date) throws -> ObjectKey
    ) async throws -> SavedSnapshot {
        let object = Mutex<(uri: String, receipt: PutReceipt)?>(nil)
        var saved: SavedSnapshot
        do {
            saved = try await limited {
                try await transfer { stream, member, report in
                    let time = Date.now
                    let key = try key(member, time)
                    let source = RevisionScanned(stream)
                    let receipt = try await store.put(
                        source, at: key, length: stream.totalBytes, metadata: member.metadata(at: time),
                        progress: { report.record($0, of: stream.totalBytes) },
                        leavesParts: { console.warnOfParts(at: store.uri(key), $0) }
                    ) { _ in ObjectMetadata(revision: source.revision) }
                    object.withLock { $0 = (store.uri(key), receipt) }
                    return receipt.object.size
                }
            }
        } catch {
            if Task.isCancelled { console.note("interrupted; there is no object") }
            throw error
        }
        saved.object = object.withLock { $0 }
        return saved
    }
}

extension ChosenMember {
    fileprivate func metadata(at time: Date) -> ObjectMetadata {
        ObjectMetadata(
            cluster: cluster ?? "\(status.header.cluster)", member: name, etcdVersion: status.version, time: time)
    }

    /// As a backup's: `<prefix>/<cluster>/snapshot-<time>.db`.
    fileprivate func key(below prefix: KeyPrefix, at time: Date) throws(StoreError) -> ObjectKey {
        let folder = cluster?.split(separator: "/").last.map(String.init) ?? "\(status.header.cluster)"
        return try SnapshotName.key(prefix: prefix, cluster: folder, backup: "snapshot", time: time)
    }
}
