/// The offline world: a set of manifests that see each other. What is not among them may well be in the cluster, so
/// nothing is ever told to be absent.
package struct ManifestLookup: Lookup {
    private var clusters: [ObjectName: EtcdCluster] = [:]
    private var secrets: [ObjectName: Secret] = [:]
    private var backups = Ordered<EtcdBackup>()
    private var restores = Ordered<EtcdRestore>()
    private var recoveries = Ordered<EtcdRecovery>()
    private var statefulSets: [ObjectName: StatefulSet] = [:]
    private var pods: [Pod] = []
    private var claims: [PersistentVolumeClaim] = []
    private let defaultNamespace: String

    /// `defaultNamespace`: of manifests that name none, as kubectl would apply them.
    package init(defaultNamespace: String = "default") { self.defaultNamespace = defaultNamespace }

    /// Adds what rules may ask for; any other kind is of no interest.
    package mutating func add(_ object: any KubernetesResource) {
        var metadata = object.metadata
        metadata.namespace = metadata.namespace.ifGiven ?? defaultNamespace
        guard let namespace = metadata.namespace, let name = metadata.name.ifGiven else { return }
        let key = ObjectName(namespace: namespace, name: name)
        func placed<Object: KubernetesResource>(_ object: Object) -> Object {
            var copy = object
            copy.metadata = metadata
            return copy
        }
        switch object {
        case let cluster as EtcdCluster: clusters[key] = placed(cluster)
        case let secret as Secret: secrets[key] = placed(secret)
        case let backup as EtcdBackup: backups[key] = placed(backup)
        case let restore as EtcdRestore: restores[key] = placed(restore)
        case let recovery as EtcdRecovery: recoveries[key] = placed(recovery)
        case let set as StatefulSet: statefulSets[key] = placed(set)
        case let pod as Pod: pods.append(placed(pod))
        case let claim as PersistentVolumeClaim: claims.append(placed(claim))
        default: break
        }
    }

    package var incompleteness: String? { "only the manifests given were looked at" }

    package func etcdCluster(_ name: ObjectName) async -> LookedUp<EtcdCluster> { answer(clusters[name]) }
    package func secret(_ name: ObjectName) async -> LookedUp<Secret> { answer(secrets[name]) }
    package func etcdBackup(_ name: ObjectName) async -> LookedUp<EtcdBackup> { answer(backups[name]) }
    package func statefulSet(_ name: ObjectName) async -> LookedUp<StatefulSet> { answer(statefulSets[name]) }

    package func etcdBackups() async -> LookedUp<[EtcdBackup]> {
        .found(backups.all)
    }

    package func etcdRestores(in namespace: String) async -> LookedUp<[EtcdRestore]> {
        .found(restores.all.filter { $0.metadata.namespace == namespace })
    }

    package func etcdRecoveries(in namespace: String) async -> LookedUp<[EtcdRecovery]> {
        .found(recoveries.all.filter { $0.metadata.namespace == namespace })
    }

    package func pods(ofCluster name: ObjectName) async -> LookedUp<[Pod]> {
        .found(pods.filter { $0.metadata.namespace == name.namespace })
    }

    package func persistentVolumeClaims(in namespace: String) async -> LookedUp<[PersistentVolumeClaim]> {
        .found(claims.filter { $0.metadata.namespace == namespace })
    }

    /// Whoever has the Secret's manifest has read it.
    package func mayGetSecret(_ name: ObjectName, user: UserInfo?) async -> LookedUp<Bool> {
        answer(secrets[name].map { _ in true })
    }

    private func answer<Value>(_ value: Value?) -> LookedUp<Value> {
        value.map { .found($0) } ?? .unavailable("no such object among the manifests given")
    }
}

/// Objects by name, and in the order in which they were added: rules ask for all of them again and again.
private struct Ordered<Object: KubernetesResource>: Sendable {
    private(set) var all: [Object] = []
    private var positions: [ObjectName: Int] = [:]

    subscript(name: ObjectName) -> Object? {
        get { positions[name].map { all[$0] } }
        set {
            guard let newValue else { return }
            if let position = positions[name] {
                all[position] = newValue
            } else {
                positions[name] = all.count
                all.append(newValue)
            }
        }
    }
}
