package import EtcdRecoverModel

/// Which objects of a bucket restores that are not finished read, or are about to: those stay, whatever else is true.
package struct SnapshotsInUse: Sendable {
    let restores: [EtcdRestore]
    /// The backup that a restore names, where it is known.
    let backup: @Sendable (ObjectName) -> EtcdBackup?

    package init(restores: [EtcdRestore], backup: @escaping @Sendable (ObjectName) -> EtcdBackup?) {
        self.restores = restores
        self.backup = backup
    }

    package func keys(in destination: Destination) -> Set<ObjectKey> {
        destination.bucketURI.map { keys(inBucketOf: $0) } ?? []
    }

    /// Rather one too many: a key that a restore may mean in two ways is in use in both.
    package func keys(inBucketOf bucket: StoreURI) -> Set<ObjectKey> {
        Set(
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
    /// The same bucket, of the same provider.
    fileprivate func isBucket(of other: StoreURI) -> Bool {
        switch (self, other) {
        case (.s3(let one, _), .s3(let two, _)), (.gcs(let one, _), .gcs(let two, _)): one == two
        default: false
        }
    }

    fileprivate func with(path: String) -> StoreURI {
        switch self {
        case .s3(let bucket, _): .s3(bucket: bucket, path: path)
        case .gcs(let bucket, _): .gcs(bucket: bucket, path: path)
        case .file: .file(path: path)
        }
    }
}
