import EtcdRecoverModel
import YAML

/// A Kubernetes object as a manifest has it: one document, or one item of a List.
struct ManifestObject: Sendable {
    var file: String
    var node: YAMLNode
    /// Empty when absent, or no string.
    var apiVersion: String
    var kind: String
    /// Empty when absent.
    var name: String
    var namespace: String

    var identity: ObjectIdentity { ObjectIdentity(kind: kind, namespace: namespace, name: name) }
    var place: Place { node.mark.place(in: file) }

    /// Where `path` stands, or the deepest part of it that there is.
    func place(of path: FieldPath) -> Place {
        node.node(at: path.steps.map(PathStep.init)).mark.place(in: file)
    }
}

extension ManifestObject {
    /// The objects of a document: Lists are expanded, and what has no `kind` (a values file, a patch) is none.
    /// `namespace` is for those that name none.
    static func objects(in document: YAMLNode, file: String, namespace: String) -> [ManifestObject] {
        guard let kind = document.value(forKey: "kind")?.string else { return [] }
        let apiVersion = document.value(forKey: "apiVersion")?.string
        if kind.hasSuffix("List"), let items = document.value(forKey: "items")?.items {
            // Items of a typed list (EtcdBackupList) may leave out what the list says for all of them.
            let itemKind = kind == "List" ? nil : String(kind.dropLast("List".count))
            return items.flatMap { item in
                objects(in: item.completed(apiVersion: apiVersion, kind: itemKind), file: file, namespace: namespace)
            }
        }
        let metadata = document.value(forKey: "metadata")
        return [
            ManifestObject(
                file: file, node: document, apiVersion: apiVersion ?? "", kind: kind,
                name: metadata?.value(forKey: "name")?.string ?? metadata?.value(forKey: "generateName")?.string ?? "",
                namespace: metadata?.value(forKey: "namespace")?.string ?? namespace)
        ]
    }
}

extension YAMLNode {
    fileprivate func completed(apiVersion: String?, kind: String?) -> YAMLNode {
        guard let apiVersion, let kind, value(forKey: "kind") == nil, value(forKey: "apiVersion") == nil, let entries
        else {
            return self
        }
        var copy = self
        let type = YAMLNode.mapping([("apiVersion", .string(apiVersion)), ("kind", .string(kind))])
        copy.content = .mapping((type.entries ?? []) + entries)
        return copy
    }
}

extension Mark {
    fileprivate func place(in file: String) -> Place { Place(file: file, line: line, column: column) }
}

extension PathStep {
    init(_ step: FieldPath.Step) {
        switch step {
        case .field(let name): self = .key(name)
        case .index(let index): self = .index(index)
        }
    }
}
