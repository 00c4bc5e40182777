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

extension Secret {
    // By hand, for `data`: the API server skips line breaks in Base64 and reads null as nothing, as Go does.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try container.decodeIfPresent(String.self, forKey: .apiVersion)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        type = try container.decodeIfPresent(String.self, forKey: .type)
        data = try container.decodeIfPresent([String: Base64?].self, forKey: .data)?.mapValues { $0?.bytes ?? Data() }
        stringData = try container.decodeIfPresent([String: String].self, forKey: .stringData)
    }

    private struct Base64: Decodable {
        var bytes: Data

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            var text = Data(try container.decode(String.self).utf8)
            text.removeAll { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            guard let bytes = Data(base64Encoded: text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "this is not Base64")
            }
            self.bytes = bytes
        }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Secret \(metadata.name ?? "") with keys \(keys.sorted())" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["keys": keys.sorted()]) }
}
