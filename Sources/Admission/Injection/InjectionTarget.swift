package import EtcdRecoverModel

/// The restore or recovery for whose sake pods come by, as the path of the webhook's entry names it. Each part of that path
/// has to be a DNS name, so there is no room for more.
package struct InjectionTarget: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, CaseIterable, Sendable {
        case restore
        case recovery

        var plural: String {
            switch self {
            case .restore: EtcdRestore.plural
            case .recovery: EtcdRecovery.plural
            }
        }

        /// Of the object, as Kubernetes names it.
        var name: String {
            switch self {
            case .restore: EtcdRestore.kind
            case .recovery: EtcdRecovery.kind
            }
        }
    }

    package let kind: Kind
    package let object: ObjectName
    package let uid: String

    package init(kind: Kind, object: ObjectName, uid: String) {
        self.kind = kind
        self.object = object
        self.uid = uid
    }

    /// From `/inject/etcdrestores/NAMESPACE/NAME/UID` or `/inject/etcdrecoveries/NAMESPACE/NAME/UID`; nil for anything else.
    package init?(path: some StringProtocol) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "inject",
            let kind = Kind.allCases.first(where: { $0.plural == parts[2] }),
            parts[3...].allSatisfy({ KubernetesName.isSubdomain(String($0)) })
        else { return nil }
        self.kind = kind
        object = ObjectName(namespace: String(parts[3]), name: String(parts[4]))
        uid = String(parts[5])
    }

    package var path: String { "/inject/\(kind.plural)/\(object.namespace)/\(object.name)/\(uid)" }
    /// `EtcdRestore prod/back`.
    package var description: String { "\(kind.name) \(object)" }
}
