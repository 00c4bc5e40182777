package import EtcdRecoverModel

/// The restore for whose sake pods come by, as the path of the webhook's entry names it. Each part of that path has to be a
/// DNS name, so there is no room for more.
package struct InjectionTarget: Hashable, Sendable {
    package let restore: ObjectName
    package let uid: String

    private static let prefix = "inject/\(EtcdRestore.plural)"

    package init(restore: ObjectName, uid: String) {
        self.restore = restore
        self.uid = uid
    }

    /// From `/inject/etcdrestores/NAMESPACE/NAME/UID`; nil for anything else.
    package init?(path: some StringProtocol) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1...2].joined(separator: "/") == Self.prefix,
            parts[3...].allSatisfy({ KubernetesName.isSubdomain(String($0)) })
        else { return nil }
        restore = ObjectName(namespace: String(parts[3]), name: String(parts[4]))
        uid = String(parts[5])
    }

    package var path: String { "/\(Self.prefix)/\(restore.namespace)/\(restore.name)/\(uid)" }
}
