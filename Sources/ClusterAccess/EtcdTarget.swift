/// Which etcd is meant, by the name of its object.
package enum EtcdTarget: Hashable, Sendable {
    case etcdCluster(String)
    case statefulSet(String)
    case pod(String)

    /// From `main`, `etcdcluster/main`, `statefulset/etcd` or `pod/etcd-node1`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.count, parts.first?.lowercased(), parts.last ?? "") {
        case (_, _, ""): return nil
        case (1, _, let name): self = .etcdCluster(name)
        case (2, "etcdcluster", let name), (2, "etcdclusters", let name),
            (2, "etcdclusters.operator.etcd.io", let name):
            self = .etcdCluster(name)
        case (2, "statefulset", let name), (2, "statefulsets", let name), (2, "sts", let name):
            self = .statefulSet(name)
        case (2, "pod", let name), (2, "pods", let name), (2, "po", let name): self = .pod(name)
        default: return nil
        }
    }
}

extension EtcdTarget {
    /// One member alone is asked for.
    package var isOnePod: Bool { if case .pod = self { true } else { false } }

    /// Nil for one pod.
    package var clusterName: String? {
        switch self {
        case .etcdCluster(let name), .statefulSet(let name): name
        case .pod: nil
        }
    }
}

extension EtcdTarget: CustomStringConvertible {
    package var description: String {
        switch self {
        case .etcdCluster(let name): "etcdcluster/\(name)"
        case .statefulSet(let name): "statefulset/\(name)"
        case .pod(let name): "pod/\(name)"
        }
    }
}
