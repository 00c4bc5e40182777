import EtcdRecoverModel
import KubernetesClient
import ObjectStore

extension SnapshotsInUse {
    /// As the cluster has it now, in all namespaces, since any of them may read a store.
    static func list(_ client: KubernetesClient) async throws -> SnapshotsInUse {
        let restores = try await client.list(EtcdRestore.self, in: .allNamespaces).items
        var backups: [ObjectName: EtcdBackup] = [:]
        for restore in restores where restore.status?.phase?.isTerminal != true {
            guard let name = restore.spec?.source?.backupRef?.name, let namespace = restore.metadata.namespace else {
                continue
            }
            do {
                backups[ObjectName(namespace: namespace, name: name)] = try await client.get(
                    name: name, namespace: namespace)
            } catch let error as KubernetesError where error.isNotFound {
                // A restore whose backup is gone cannot begin any more.
            }
        }
        return SnapshotsInUse(restores: restores) { [backups] in backups[$0] }
    }
}
