import EtcdRecoverModel
import KubernetesClient

/// What the rules ask, answered from the caches where they know, so that a thousand objects do not ask a thousand times.
struct CachedLookup: Lookup {
    let clusters: ObjectCache<EtcdCluster>
    let backups: ObjectCache<EtcdBackup>
    let live: ClusterLookup

    /// One that the cache lacks may have come a moment ago.
    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> {
        if let cluster = clusters[name] { return .found(cluster) }
        return await live.etcdCluster(name)
    }

    func etcdBackups() async -> LookedUp<[EtcdBackup]> { .found(backups.all) }

    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await live.etcdBackup(name) }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { await live.secret(name) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await live.etcdRestores(in: namespace)
    }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { await live.statefulSet(name) }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { await live.pods(ofCluster: name) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await live.persistentVolumeClaims(in: namespace)
    }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        await live.mayGetSecret(name, user: user)
    }
}
