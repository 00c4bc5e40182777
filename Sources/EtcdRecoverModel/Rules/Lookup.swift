/// What the rules ask of the world: a live cluster, or a set of manifests.
///
/// No method throws: what could not be asked is an answer too, and a rule decides what it means.
package protocol Lookup: Sendable {
    func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster>
    func secret(_ name: ObjectName) async -> LookedUp<Secret>
    func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup>
    /// Of all namespaces: buckets are shared across them.
    func etcdBackups() async -> LookedUp<[EtcdBackup]>
    func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]>
    /// Absent where the kind is not installed, which is no more than none.
    func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]>
    func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet>
    func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]>
    func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]>
    /// Whether `user` may `get` the Secret. Nil user: the one who runs this program.
    func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool>

    /// Why the lists may lack objects that the cluster has; nil when they are whole.
    var incompleteness: String? { get }
}

extension Lookup {
    package var incompleteness: String? { nil }
}

package enum LookedUp<Value: Sendable>: Sendable {
    case found(Value)
    case absent
    /// Why there is no answer, without credentials: `the API server answered 403 Forbidden: …`.
    case unavailable(String)
}

extension LookedUp: Equatable where Value: Equatable {}
