import EtcdRecoverModel
import KubernetesClient
import ObjectStore

/// The objects that restores read which are not finished, as URIs.
struct RestoresUnderWay: Hashable, Sendable {
    var uris: Set<String> = []

    /// Of all namespaces, since any of them may read this store.
    static func list(_ client: KubernetesClient) async throws -> RestoresUnderWay {
        let restores = try await client.list(EtcdRestore.self, in: .allNamespaces).items.filter {
            $0.status?.phase?.isTerminal != true
        }
        var found = RestoresUnderWay()
        for restore in restores {
            if let location = restore.status?.snapshotLocation { found.uris.insert(location) }
            if let location = restore.spec?.source?.location { found.insert(location) }
            guard let name = restore.spec?.source?.backupRef?.name, let namespace = restore.metadata.namespace else {
                continue
            }
            // One whose backup is gone cannot begin any more.
            let backup: EtcdBackup? = try await client.getIfThere(name: name, namespace: namespace)
            if let location = backup?.status?.snapshotLocation { found.uris.insert(location) }
        }
        return found
    }

    /// A key may have been cut from a status, its prefix included: either reading keeps its object.
    private mutating func insert(_ location: EtcdRestore.Location) {
        guard let destination = location.destination, let key = location.key else { return }
        let bucket: String? =
            switch destination.effectiveProvider {
            case .s3?: (destination.s3?.bucket).map { "s3://\($0)/" }
            case .gcs?: (destination.gcs?.bucket).map { "gs://\($0)/" }
            default: nil
            }
        guard let bucket else { return }
        let prefix = destination.prefix.flatMap { $0.isEmpty ? nil : $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        uris.formUnion([bucket + prefix + key, bucket + key])
    }
}

extension KubernetesClient {
    fileprivate func getIfThere<R: KubernetesResource>(name: String, namespace: String) async throws -> R? {
        do { return try await get(name: name, namespace: namespace) } catch let error as KubernetesError
            where error.isNotFound
        {
            return nil
        }
    }
}
