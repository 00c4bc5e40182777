/// A kind that the Kubernetes API serves, as JSON with `apiVersion`, `kind` and `metadata`.
package protocol KubernetesResource: Codable, Sendable {
    /// `group/version`, or only the version in the core group: `operator.etcd.io/v1alpha1`, `v1`.
    static var apiVersion: String { get }
    static var kind: String { get }
    /// The name in API paths: `etcdbackups`.
    static var plural: String { get }
    static var isNamespaced: Bool { get }

    var metadata: ObjectMeta { get set }
}

extension KubernetesResource {
    package static var isNamespaced: Bool { true }

    /// The part of `apiVersion` before the slash; empty for the core group.
    package static var group: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    /// The part of `apiVersion` behind the slash: `v1alpha1`.
    package static var version: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[apiVersion.index(after: $0)...]) } ?? apiVersion
    }
}

/// What tells one namespaced object of a kind from the others.
package struct ObjectName: Hashable, Sendable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }
}
