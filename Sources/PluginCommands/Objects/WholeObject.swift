import EtcdRecoverModel

/// An object of `Kind` with every field that the API server sent, those included that our types do not have: what
/// `-o json` and `describe` show.
struct WholeObject<Kind: KubernetesResource>: KubernetesResource {
    static var apiVersion: String { Kind.apiVersion }
    static var kind: String { Kind.kind }
    static var plural: String { Kind.plural }
    static var isNamespaced: Bool { Kind.isNamespaced }

    var metadata: ObjectMeta
    var json: JSONValue

    private enum CodingKeys: CodingKey { case metadata }

    init(from decoder: any Decoder) throws {
        metadata = try decoder.container(keyedBy: CodingKeys.self).decode(ObjectMeta.self, forKey: .metadata)
        var json = try JSONValue(from: decoder)
        // Items of a list come without them.
        if case .object(var members) = json {
            members["apiVersion"] = .string(Self.apiVersion)
            members["kind"] = .string(Self.kind)
            json = .object(members)
        }
        self.json = json
    }

    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    var shown: JSONValue { json.withoutManagedFields }
}

extension JSONValue {
    /// Of an object: without the record of who wrote which field, which kubectl hides too.
    var withoutManagedFields: JSONValue {
        guard case .object(var members) = self, case .object(var metadata)? = members["metadata"] else { return self }
        metadata["managedFields"] = nil
        members["metadata"] = .object(metadata)
        return .object(members)
    }
}
