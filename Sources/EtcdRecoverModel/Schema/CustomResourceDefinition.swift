/// The CustomResourceDefinitions of our kinds, `apiextensions.k8s.io/v1`: what Kubernetes 1.20 takes and later ones
/// too.
package enum CustomResourceDefinition {
    /// File names under `webhook-deploy/crds/` and what they hold; keys of objects have no order.
    package static var manifests: [(file: String, manifest: JSONValue)] {
        [
            (file(for: EtcdBackup.self), manifest(for: EtcdBackup.self)),
            (file(for: EtcdRestore.self), manifest(for: EtcdRestore.self)),
            (file(for: EtcdRecovery.self), manifest(for: EtcdRecovery.self)),
        ]
    }

    package static func file(for type: (some ManagedResource).Type) -> String { "\(type.group)_\(type.plural).yaml" }

    package static func manifest(for type: (some ManagedResource).Type) -> JSONValue {
        [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(type.plural).\(type.group)")],
            "spec": [
                "group": .string(type.group),
                "scope": "Namespaced",
                "names": [
                    "kind": .string(type.kind),
                    "listKind": .string("\(type.kind)List"),
                    "plural": .string(type.plural),
                    "singular": .string(type.kind.lowercased()),
                    "shortNames": .array(type.shortNames.map(JSONValue.string)),
                    "categories": ["etcd"],
                ],
                "versions": [
                    [
                        "name": .string(type.version),
                        "served": true,
                        "storage": true,
                        "subresources": ["status": [:]],
                        "additionalPrinterColumns": .array(type.printerColumns.map(\.manifest)),
                        "schema": ["openAPIV3Schema": root(type)],
                    ]
                ],
            ],
        ]
    }

    private static func root(_ type: (some ManagedResource).Type) -> JSONValue {
        let header = Schema.object([
            .init("apiVersion", .string(), "Group and version of the API: \(type.apiVersion)."),
            .init("kind", .string(), "The kind of the object: \(type.kind)."),
            // Kubernetes 1.20 refuses a CRD that says anything about metadata, were it only a description.
            .init("metadata", .object([]), ""),
        ])
        return Schema.object(header.fields + type.schema.fields).openAPI(description: type.summary)
    }
}

extension PrinterColumn {
    fileprivate var manifest: JSONValue {
        ["name": .string(name), "type": .string(type), "jsonPath": .string(jsonPath)]
    }
}
