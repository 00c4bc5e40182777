/// Why the members of an etcd on Kubernetes, or what opens them, were not found.
package enum LocationFailure: Error, Hashable, Sendable {
    case notFound(EtcdTarget, namespace: String)
    case noPods(EtcdTarget, namespace: String)
    /// `resource` as RBAC names it: `statefulsets.apps`. `name` nil: a list.
    case forbidden(verb: String, resource: String, name: String?, namespace: String, for: Purpose)
    case noSecret(String, namespace: String)
    /// `keys`: `username and password`; `found`: `ca.crt, tls.crt` or `no keys`.
    case incompleteSecret(String, lacks: String, found: String)
    /// Its etcd reads them from files of the node.
    case noCertificates(EtcdTarget)

    /// What was looked for.
    package enum Purpose: Hashable, Sendable {
        case members, certificates, login
    }
}

extension LocationFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let target, let namespace): "\(target) not found in namespace \(namespace)"
        case .noPods(let target, let namespace): "\(target) has no pods in namespace \(namespace)"
        case .forbidden(let verb, let resource, let name, let namespace, _):
            "may not \(verb) \(resource)\(name.map { " \"\($0)\"" } ?? "") in namespace \(namespace)"
        case .noSecret(let name, let namespace): "secret \(name) not found in namespace \(namespace)"
        case .incompleteSecret(let name, let keys, let found): "secret \(name) has no \(keys): it has \(found)"
        case .noCertificates(let target):
            "no Secret with \(target)'s certificates was found: its etcd reads them from files of the node"
        }
    }
}
