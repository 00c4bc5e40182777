package import FoundationEssentials

/// A core `v1` Secret. Its values are never described: printing one shows only the names of its keys.
package struct Secret: KubernetesResource, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Secret"
    package static let plural = "secrets"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var type: String?
    /// Base64 in JSON.
    package var data: [String: Data]?
    /// Only in manifests; the API server moves it into `data`.
    package var stringData: [String: String]?

    package init(metadata: ObjectMeta, data: [String: Data]? = nil) {
        self.metadata = metadata
        self.data = data
    }

    /// The bytes under `key`, wherever they were written; `stringData` wins, as it does in the API server.
    package subscript(key: String) -> Data? {
        stringData?[key].map { Data($0.utf8) } ?? data?[key]
    }

    package var keys: Set<String> { Set(data?.keys.map { $0 } ?? []).union(stringData?.keys.map { $0 } ?? []) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Secret \(metadata.name ?? "") with keys \(keys.sorted())" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["keys": keys.sorted()]) }
}
