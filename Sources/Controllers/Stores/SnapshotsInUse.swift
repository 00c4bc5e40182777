import EtcdRecoverModel
import ObjectStore

/// Which objects of a bucket restores that are not finished read, or are about to: those stay, whatever else is true.
struct SnapshotsInUse: Sendable {
    var restores: [EtcdRestore]
    /// The backup that a restore names, where it is known.
    var backup: @Sendable (ObjectName) -> EtcdBackup?

    /// Rather one too many: a key that a restore may mean in two ways is in use in both.
    func keys(in destination: Destination) -> Set<ObjectKey> {
        guard let bucket = destination.bucketURI else { return [] }
        return Set(
            restores.filter { $0.status?.phase?.isTerminal != true }
                .flatMap { uris(of: $0) }.filter { $0.isBucket(of: bucket) }
                .compactMap { try? ObjectKey($0.path) })
    }

    private func uris(of restore: EtcdRestore) -> [StoreURI] {
        var uris = [restore.status?.snapshotLocation].compactMap { $0.flatMap { try? StoreURI($0) } }
        let namespace = restore.metadata.namespace ?? ""
        if let name = restore.spec?.source?.backupRef?.name,
            let location = backup(ObjectName(namespace: namespace, name: name))?.status?.snapshotLocation,
            let uri = try? StoreURI(location)
        {
            uris.append(uri)
        }
        if let location = restore.spec?.source?.location, let destination = location.destination,
            let key = location.key, let bucket = destination.bucketURI
        {
            let prefix = (try? KeyPrefix(destination.prefix ?? ""))?.text ?? ""
            uris += [key, prefix + key].map { bucket.with(path: $0) }
        }
        return uris
    }
}

extension StoreURI {
    fileprivate func with(path: String) -> StoreURI {
        switch self {
        case .s3(let bucket, _): .s3(bucket: bucket, path: path)
        case .gcs(let bucket, _): .gcs(bucket: bucket, path: path)
        case .file: .file(path: path)
        }
    }
}
