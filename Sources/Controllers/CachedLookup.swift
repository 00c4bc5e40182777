import EtcdRecoverModel
import KubernetesClient

/// What the rules ask, answered from the caches where they know, so that a thousand objects do not ask a thousand times.
struct CachedLookup: Lookup {
    let clusters: ObjectCache<EtcdCluster>
    let backups: ObjectCache<EtcdBackup>
    let live: ClusterLookup
    private let secrets: RecentAnswers<ObjectName, Secret>
    private let rights: RecentAnswers<ObjectName, Bool>
    private let sets: RecentAnswers<ObjectName, StatefulSet>

    init(clusters: ObjectCache<EtcdCluster>, backups: ObjectCache<EtcdBackup>, live: ClusterLookup) {
        self.clusters = clusters
        self.backups = backups
        self.live = live
        let start = ContinuousClock.now
        let now: @Sendable () -> Duration = { ContinuousClock.now - start }
        (secrets, rights, sets) = (RecentAnswers(now: now), RecentAnswers(now: now), RecentAnswers(now: now))
    }

    /// One that the cache lacks may have come a moment ago.
    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> {
        if let cluster = clusters[name] { return .found(cluster) }
        return await live.etcdCluster(name)
    }

    func etcdBackups() async -> LookedUp<[EtcdBackup]> { .found(backups.all) }

    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await live.etcdBackup(name) }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> {
        await secrets.value(of: name) { await live.secret(name) }
    }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await live.etcdRestores(in: namespace)
    }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> {
        await live.etcdRecoveries(in: namespace)
    }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> {
        await sets.value(of: name) { await live.statefulSet(name) }
    }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { await live.pods(ofCluster: name) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await live.persistentVolumeClaims(in: namespace)
    }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        guard user == nil else { return await live.mayGetSecret(name, user: user) }
        return await rights.value(of: name) { await live.mayGetSecret(name, user: nil) }
    }
}
