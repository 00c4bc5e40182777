/// What a clusterRef leads to.
enum NamedCluster: Sendable {
    case etcdCluster(EtcdCluster)
    /// One that runs etcd without an EtcdCluster.
    case statefulSet(StatefulSet)
}

extension Looking {
    /// Whether the cluster that `spec.clusterRef` names is there; `judge` says what else must hold of it.
    func clusterFindings(
        _ name: String?, notFound: Rule, judging judge: (NamedCluster) -> [Finding] = { _ in [] }
    ) async -> [Finding] {
        guard let name, ClusterNameRules.isValid(name) else { return [] }
        let path = FieldPath("spec", "clusterRef")
        switch await lookup.etcdCluster(object(name)) {
        case .found(let cluster): return judge(.etcdCluster(cluster))
        case .absent: break
        case .unavailable(let reason):
            return [unavailable(at: path, "whether EtcdCluster \(quoted(name)) exists", reason)]
        }
        switch await lookup.statefulSet(object(name)) {
        case .found(let set): return judge(.statefulSet(set))
        case .absent:
            return [
                Finding(
                    notFound, at: path, value: quoted(name),
                    "there is no EtcdCluster of that name in namespace \(quoted(namespace)): name one that exists")
            ]
        case .unavailable(let reason):
            return [unavailable(at: path, "whether StatefulSet \(quoted(name)) exists", reason)]
        }
    }
}
