import EtcdClient
import EtcdRecoverModel
import HTTP
import KubernetesClient
import Synchronization

/// Tokens that clusters with authentication gave out while they had their majority. Without one no member gives out any, and
/// from version 3.5.30 on none tells its status either; but each goes on taking a token that it was shown within the last five
/// minutes.
final class HeldTokens: Sendable {
    private let tokens = Mutex<[ObjectName: SecretBytes]>([:])

    subscript(cluster: ObjectName) -> SecretBytes? { tokens.withLock { $0[cluster] } }

    /// Shows each member the token, and takes one from a majority where there is none yet.
    func refresh(_ etcd: EtcdClient, at endpoints: [EtcdEndpoint], of cluster: ObjectName) async {
        await withDiscardingTaskGroup { group in
            // Costs nothing, and is answered from what the member itself has.
            for endpoint in endpoints {
                group.addTask { _ = try? await etcd.at(endpoint).count(.key([0]), isSerializable: true) }
            }
        }
        if let token = etcd.token { tokens.withLock { $0[cluster] = token } }
    }

    func forget(allBut clusters: Set<ObjectName>) {
        tokens.withLock { $0 = $0.filter { clusters.contains($0.key) } }
    }
}
