import EtcdRecoverModel

/// Another look-up with an end: what has no answer by `deadline` is unavailable, and is no longer waited for.
struct BoundedLookup: Lookup {
    let base: any Lookup
    let deadline: ContinuousClock.Instant
    let metrics: WebhookMetrics

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> {
        await bounded(.etcdCluster) { await base.etcdCluster(name) }
    }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> {
        await bounded(.secret) { await base.secret(name) }
    }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> {
        await bounded(.etcdBackup) { await base.etcdBackup(name) }
    }
    func etcdBackups() async -> LookedUp<[EtcdBackup]> {
        await bounded(.etcdBackups) { await base.etcdBackups() }
    }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await bounded(.etcdRestores) { await base.etcdRestores(in: namespace) }
    }
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> {
        await bounded(.etcdRecoveries) { await base.etcdRecoveries(in: namespace) }
    }
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> {
        await bounded(.statefulSet) { await base.statefulSet(name) }
    }
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> {
        await bounded(.pods) { await base.pods(ofCluster: name) }
    }
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        await bounded(.persistentVolumeClaims) { await base.persistentVolumeClaims(in: namespace) }
    }
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        await bounded(.mayGetSecret) { await base.mayGetSecret(name, user: user) }
    }

    private func bounded<Value: Sendable>(
        _ kind: LookupKind, _ ask: @escaping @Sendable () async -> LookedUp<Value>
    ) async -> LookedUp<Value> {
        let start = ContinuousClock.now
        let answer = await withTaskGroup(of: LookedUp<Value>?.self) { group in
            group.addTask { await ask() }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            // The look-up ends at once when it is cancelled; the group waits for that.
            return await group.next() ?? nil
        }
        let result = answer ?? .unavailable("the API server did not answer in time")
        var isAnswer = true
        if case .unavailable = result { isAnswer = false }
        metrics.looked(up: kind, took: start.duration(to: .now), answered: isAnswer)
        return result
    }
}
