/// Which objects of a kind a list or a watch is about.
package enum Scope: Equatable, Sendable {
    case allNamespaces
    case namespace(String)
}

/// Label and field selectors, in Kubernetes' syntax: `app=etcd,tier!=test`, `metadata.name=a`.
package struct Selector: Equatable, Sendable {
    package var labels: String?
    package var fields: String?

    package init(labels: String? = nil, fields: String? = nil) {
        self.labels = labels
        self.fields = fields
    }

    package static let everything = Selector()

    package static func name(_ name: String) -> Selector {
        Selector(fields: "metadata.name=\(name)")
    }
}
