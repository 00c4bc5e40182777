import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import ObjectStore
import SnapshotFile
import Synchronization

/// The snapshot that a restore takes, and what is recorded of it.
struct RestoreSource: Sendable {
    let destination: Destination
    /// Where it may be, the likeliest first.
    let keys: [ObjectKey]
    let backup: EtcdBackup?

    /// - Parameter backup: the one that `spec.source.backupRef` names, as the API server has it.
    init(_ restore: EtcdRestore, backup: EtcdBackup?) throws {
        if let name = restore.spec?.source?.backupRef?.name {
            guard let backup else {
                throw Failure(
                    reason: .backupNotUsable, message: "there is no EtcdBackup \(name)", mayPass: false)
            }
            let phase = backup.status?.phase
            guard phase == .completed, let location = backup.status?.snapshotLocation,
                let destination = backup.spec?.destination
            else {
                throw Failure(
                    reason: .backupNotUsable,
                    message: "EtcdBackup \(name) is \(phase?.rawValue ?? "not begun") and has no snapshot",
                    mayPass: phase?.isTerminal != true)
            }
            self.destination = destination
            self.backup = backup
            keys = [try ObjectKey(try StoreURI(location).path)]
        } else {
            guard let location = restore.spec?.source?.location, let destination = location.destination,
                let key = location.key
            else {
                throw Failure(reason: .invalidSpec, message: "spec.source names no snapshot", mayPass: false)
            }
            self.destination = destination
            self.backup = nil
            let prefix = try KeyPrefix(destination.prefix ?? "")
            // One that was cut from a status has the prefix already.
            let whole = try prefix.key(key)
            let asIs = try ObjectKey(key)
            keys = prefix.contains(asIs) ? [asIs, whole] : [whole]
        }
    }

    /// Looks at the object: it is there, may be read, begins as etcd's databases do, and is the one that was recorded, with
    /// all its bytes.
    func prove(in store: ObjectStore) async throws -> StoredObject {
        let object = try await find(in: store)
        if let recorded = backup?.status?.snapshot?.sha256, let found = object.metadata?.sha256, recorded != found {
            throw Failure(
                reason: .snapshotChanged,
                message: "\(store.uri(object.key)) is not the snapshot that EtcdBackup "
                    + "\(backup?.metadata.name ?? "") uploaded: its SHA-256 is \(found), recorded was \(recorded)",
                mayPass: false)
        }
        if let recorded = backup?.status?.snapshotSizeBytes, recorded != object.size {
            throw StoreError.wrongSize(store.uri(object.key), expected: recorded, actual: object.size)
        }
        let beginning = Mutex<[UInt8]>([])
        try await store.read(object, ReadRange(from: 0, through: 4095)) { chunk in
            beginning.withLock { $0 += chunk }
        }
        guard SnapshotFormat.isDatabase(beginning.withLock(\.self)) else {
            throw Failure(
                reason: .snapshotCorrupt,
                message: "\(store.uri(object.key)) is no snapshot of etcd: it does not begin as one", mayPass: false)
        }
        return object
    }

    private func find(in store: ObjectStore) async throws -> StoredObject {
        for key in keys.dropLast() {
            do { return try await store.head(key) } catch StoreError.notFound {}
        }
        guard let last = keys.last else { throw StoreError.invalidKey("", reason: "is missing") }
        return try await store.head(last)
    }
}

extension StorageSpec {
    /// Throws when the volume that is asked for cannot hold the snapshot and what etcd writes beside it.
    func requireRoom(for bytes: Int64) throws(Failure) {
        guard let text = volumeSizeRequest?.rawValue, let amount = volumeSizeRequest?.amount else { return }
        guard amount >= .whole(bytes) else {
            throw Failure(
                reason: .noSpace,
                message: "spec.target.storageSpec.volumeSizeRequest is \(text), and the snapshot has \(bytes) bytes",
                mayPass: false)
        }
    }
}
