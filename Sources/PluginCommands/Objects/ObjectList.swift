import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// The objects of one kind, and how `list` shows them.
struct ObjectListing<Kind: Job>: Sendable {
    var objects: [WholeObject<Kind>]
    /// Nil: all of them.
    var namespace: String?
    /// Why some of the names that were given are not among the objects.
    var failures: [KubernetesError] = []

    /// `names` empty: all that the selector matches, in the server's order; else those, in the order given. One that the
    /// API server does not give out does not hide the others.
    static func fetch(
        _ client: KubernetesClient, names: [String], allNamespaces: Bool, selector: String?
    ) async throws -> Self {
        let namespace = client.configuration.namespace
        guard names.isEmpty else {
            var listing = Self(objects: [], namespace: namespace)
            for name in names {
                do {
                    listing.objects.append(try await client.get(name: name))
                } catch let error as KubernetesError {
                    listing.failures.append(error)
                    // Without an answer for one there is none for the next.
                    if error.failure == nil { break }
                }
            }
            return listing
        }
        let list = try await client.list(
            WholeObject<Kind>.self, in: allNamespaces ? .allNamespaces : .namespace(namespace),
            matching: Selector(labels: selector))
        return Self(objects: list.items, namespace: allNamespaces ? nil : namespace)
    }

    /// What a person is told when there is nothing to show.
    var emptyNote: String {
        namespace.map { "No resources found in \($0) namespace." } ?? "No resources found"
    }

    func rendered(as format: ListFormat?, now: Date, style: Style = .plain) -> String {
        switch format {
        case .json: json.jsonText() + "\n"
        case .yaml: json.yamlText()
        case .name: objects.map { Kind.qualifiedName($0.metadata.name ?? "") + "\n" }.joined()
        case nil, .wide:
            objects.isEmpty
                ? ""
                : ObjectColumns(of: Kind.self, isWide: format == .wide)
                    .table(of: objects.map(\.json), withNamespace: namespace == nil, now: now).text(style: style.phase)
        }
    }

    /// As kubectl has it: a v1 List, even of one.
    private var json: JSONValue {
        [
            "apiVersion": "v1", "items": .array(objects.map(\.shown)), "kind": "List",
            "metadata": ["resourceVersion": ""],
        ]
    }
}

extension Style {
    /// A phase in its colour, any other text unchanged.
    func phase(_ text: String) -> String {
        switch text {
        case "Completed": paint(text, .green)
        case "Failed": paint(text, .red)
        default: text
        }
    }
}
