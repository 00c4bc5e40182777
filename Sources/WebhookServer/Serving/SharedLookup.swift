import EtcdRecoverModel
import KubernetesClient

/// Another look-up whose list of all backups is asked for once for all who need it at about the same time.
struct SharedLookup: Lookup {
    let base: any Lookup
    /// A list serves only those who ask while it is on its way: one kept any longer would let two backups collide that
    /// are created one right after the other.
    private let backups = SingleFlight<LookedUp<[EtcdBackup]>>()

    init(_ base: any Lookup) { self.base = base }

    func etcdBackups() async -> LookedUp<[EtcdBackup]> {
        do {
            return try await backups.value { [base] in await base.etcdBackups() }
        } catch {
            return .unavailable("the look-up was cancelled")
        }
    }

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { await base.etcdCluster(name) }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { await base.secret(name) }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await base.etcdBackup(name) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await base.etcdRestores(in: namespace)
    }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> {
        await base.etcdRecoveries(in: namespace)
    }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { await base.statefulSet(name) }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> { await base.pods(ofCluster: name) }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await base.persistentVolumeClaims(in: namespace)
    }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        await base.mayGetSecret(name, user: user)
    }
    var incompleteness: String? { base.incompleteness }
}
