/// Which object an API server keeps under a key.
///
/// Built-in resources lie at `PREFIX/RESOURCE/[NAMESPACE/]NAME`, custom ones and a few built-in ones at
/// `PREFIX/GROUP/RESOURCE/[NAMESPACE/]NAME`: only a group has a dot.
package struct KubernetesKey: Hashable, Sendable {
    package var resource: KubernetesResource
    /// Nil for cluster-scoped objects.
    package var namespace: String?
    package var name: String

    /// The API server's default `--etcd-prefix`, and OpenShift's two.
    package static let defaultPrefixes = ["/registry/", "/kubernetes.io/", "/openshift.io/"]

    /// In bytes. Names of namespaces, groups and objects together stay below it.
    private static let longest = 1024
}

extension KubernetesKey {
    /// Nil for a key that is not below one of `prefixes` or names no object, such as `/registry/health`.
    package init?(_ key: Bytes, prefixes: [String] = defaultPrefixes) {
        guard key.count <= Self.longest, let prefix = prefixes.first(where: { key.buffer.starts(with: $0.utf8) }),
            let text = String(validating: key.buffer.dropFirst(prefix.utf8.count), as: UTF8.self)
        else { return nil }
        self.init(path: text)
    }

    /// `path`: what stands behind the prefix.
    private init?(path: String) {
        let parts = path.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, !parts.contains("") else { return nil }
        let place: ArraySlice<String>
        if parts[0].contains(".") {
            resource = KubernetesResource(plural: parts[1], group: parts[0])
            place = parts[2...]
        } else if parts.count > 2, let resource = KubernetesResource.builtIn(parts[0], parts[1]) {
            self.resource = resource
            place = parts[2...]
        } else {
            resource = .builtIn(parts[0])
            place = parts[1...]
        }
        guard let first = place.first else { return nil }
        namespace = place.count > 1 ? first : nil
        name = place.count > 1 ? place.dropFirst().joined(separator: "/") : first
    }
}

extension KubernetesKey {
    /// The prefixes that `text` stands for when a person gives one: with a slash at both ends.
    package static func prefix(from text: String) -> String {
        (text.hasPrefix("/") ? "" : "/") + text + (text.hasSuffix("/") ? "" : "/")
    }
}
