import EtcdRecoverModel

/// What a kind is called across groups and versions.
package struct GroupVersionKind: Decodable, Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var version: String
    package var kind: String

    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    init<Resource: KubernetesResource>(of _: Resource.Type) {
        self.init(group: Resource.group, version: Resource.version, kind: Resource.kind)
    }

    /// `operator.etcd.io/v1alpha1 EtcdBackup`
    package var description: String { group.isEmpty ? "\(version) \(kind)" : "\(group)/\(version) \(kind)" }
}
