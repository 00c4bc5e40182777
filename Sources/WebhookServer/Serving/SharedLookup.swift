import EtcdRecoverModel
import KubernetesClient

/// Another look-up whose list of all backups is asked for once for all who need it at about the same time.
struct SharedLookup: Lookup {
    let base: any Lookup
    private let backups: SharedAnswer<[EtcdBackup]>

    /// `keeping` is how old a list may be. By default it serves only those who ask while it is on its way: a list kept
    /// any longer would let two backups collide that are created one right after the other.
    init(_ base: any Lookup, keeping: Duration = .zero) {
        self.base = base
        backups = SharedAnswer(keeping: keeping)
    }

    func etcdBackups() async -> LookedUp<[EtcdBackup]> { await backups.value { [base] in await base.etcdBackups() } }

    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { await base.etcdCluster(name) }
    func secret(_ name: ObjectName) async -> LookedUp<Secret> { await base.secret(name) }
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { await base.etcdBackup(name) }
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        await base.etcdRestores(in: namespace)
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

/// One answer for everybody who asks while it is on its way, and for a while after it was asked for. Only what was found
/// is kept.
actor SharedAnswer<Value: Sendable> {
    private let keeping: Duration
    private let flight = SingleFlight<(LookedUp<Value>, asked: ContinuousClock.Instant)>()
    private var kept: (answer: LookedUp<Value>, asked: ContinuousClock.Instant)?

    init(keeping: Duration) { self.keeping = keeping }

    func value(_ ask: @escaping @Sendable () async -> LookedUp<Value>) async -> LookedUp<Value> {
        if let kept {
            if kept.asked.duration(to: .now) < keeping { return kept.answer }
            self.kept = nil
        }
        do {
            let (answer, asked) = try await flight.value {
                let asked = ContinuousClock.now
                return (await ask(), asked)
            }
            if case .found = answer, keeping > .zero { kept = (answer, asked) }
            return answer
        } catch {
            return .unavailable("the look-up was cancelled")
        }
    }
}
