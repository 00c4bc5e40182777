package import EtcdRecoverModel
import HTTP
import HTTPTypes

extension KubernetesClient {
    /// The namespace is the object's own, else the configuration's.
    package func create<R: KubernetesResource>(_ object: R, options: WriteOptions = WriteOptions()) async throws -> R {
        let namespace = namespace(object.metadata.namespace, for: R.self)
        let call = Call(
            method: .post, path: try ResourcePath.collection(R.self, namespace: namespace), query: options.query,
            body: try encode(object), within: options.within, isRepeatable: false)
        let name = object.metadata.name ?? object.metadata.generateName ?? ""
        return try await decode(R.self, from: perform(call).body, of: call, as: Self.title(R.self, name, namespace))
    }

    /// Writes the whole object: fields that our type does not have are lost, so patch what others define. A conflict when
    /// the object's resource version is set and no longer the latest.
    package func replace<R: KubernetesResource>(
        _ object: R, subresource: String? = nil, options: WriteOptions = WriteOptions()
    ) async throws -> R {
        let namespace = namespace(object.metadata.namespace, for: R.self)
        let name = object.metadata.name ?? ""
        let call = Call(
            method: .put,
            path: try ResourcePath.object(R.self, name: name, namespace: namespace, subresource: subresource),
            query: options.query, body: try encode(object), within: options.within, isRepeatable: false)
        return try await decode(R.self, from: perform(call).body, of: call, as: Self.title(R.self, name, namespace))
    }

    /// `subresource`: `status`.
    package func patch<R: KubernetesResource>(
        _ type: R.Type = R.self, name: String, namespace: String? = nil, subresource: String? = nil, with patch: Patch,
        options: WriteOptions = WriteOptions()
    ) async throws -> R {
        let namespace = self.namespace(namespace, for: R.self)
        var query = options.query
        if case .apply(_, let force) = patch {
            guard options.fieldManager?.isEmpty == false else {
                throw KubernetesError.invalidRequest("an apply needs a field manager")
            }
            if force { query.append(("force", "true")) }
        }
        let call = Call(
            method: .patch,
            path: try ResourcePath.object(R.self, name: name, namespace: namespace, subresource: subresource),
            query: query, body: try encode(patch.content), contentType: patch.contentType, within: options.within,
            isRepeatable: false)
        return try await decode(R.self, from: perform(call).body, of: call, as: Self.title(R.self, name, namespace))
    }

    /// Returns when the server has accepted; finalizers may keep the object for longer.
    package func delete<R: KubernetesResource>(
        _ type: R.Type, name: String, namespace: String? = nil, options: DeleteOptions = DeleteOptions()
    ) async throws {
        let namespace = self.namespace(namespace, for: R.self)
        _ = try await perform(
            Call(
                method: .delete, path: try ResourcePath.object(R.self, name: name, namespace: namespace),
                body: try encode(DeleteBody(options)), within: options.within, isRepeatable: false))
    }
}

extension WriteOptions {
    fileprivate var query: [(String, String)] {
        var query: [(String, String)] = []
        if dryRun { query.append(("dryRun", "All")) }
        if let fieldManager { query.append(("fieldManager", fieldManager)) }
        if let fieldValidation { query.append(("fieldValidation", fieldValidation.rawValue)) }
        return query
    }
}

extension Patch {
    fileprivate var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .json: "application/json-patch+json"
        // The server reads it as YAML, of which JSON is a part.
        case .apply: "application/apply-patch+yaml"
        }
    }

    fileprivate var content: any Encodable {
        switch self {
        case .merge(let value), .apply(let value, _): value
        case .json(let operations): operations
        }
    }
}

private struct DeleteBody: Encodable {
    struct Preconditions: Encodable {
        var uid: String?
        var resourceVersion: String?
    }
    var apiVersion = "v1"
    var kind = "DeleteOptions"
    var preconditions: Preconditions?
    var propagationPolicy: String?
    var gracePeriodSeconds: Int?
    var dryRun: [String]?

    init(_ options: DeleteOptions) {
        if options.uid != nil || options.resourceVersion != nil {
            preconditions = Preconditions(uid: options.uid, resourceVersion: options.resourceVersion)
        }
        propagationPolicy = options.propagation?.rawValue
        gracePeriodSeconds = options.gracePeriodSeconds
        dryRun = options.dryRun ? ["All"] : nil
    }
}
