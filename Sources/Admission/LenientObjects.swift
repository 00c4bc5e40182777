import EtcdRecoverModel

/// The objects of a review as far as they can be read, where one of them has values of the wrong type.
struct LenientObjects<Resource: ManagedResource> {
    var object: Resource
    /// Nil on creation. Without its spec where that cannot be read: then no spec is the same as it.
    var old: Resource?
    /// Set where `object` has values of the wrong type that this request is to answer for.
    var misshapen: Decoded<Resource>?
    /// Whether both specs are the same to the letter.
    var hasSameSpec: Bool

    init(from request: KeyedDecodingContainer<AdmissionRequest.CodingKeys>) throws {
        guard let tree = try request.decodeIfPresent(JSONValue.self, forKey: .object) else {
            throw DecodingError.keyNotFound(
                AdmissionRequest.CodingKeys.object, .init(codingPath: request.codingPath, debugDescription: ""))
        }
        let oldTree = try request.decodeIfPresent(JSONValue.self, forKey: .oldObject)
        if let oldTree, oldTree.members == nil {
            throw DecodingError.typeMismatch(
                Resource.self,
                .init(
                    codingPath: request.codingPath + [AdmissionRequest.CodingKeys.oldObject],
                    debugDescription: "it is no object"))
        }
        // By their bytes: what Unicode holds for equal may name two places.
        hasSameSpec = tree.members != nil && oldTree.map { $0["spec"]?.jsonBytes == tree["spec"]?.jsonBytes } ?? false
        old = oldTree.flatMap { old in
            if let typed = try? request.decode(Resource.self, forKey: .oldObject) { return typed }
            let decoded = Resource.decode(old, unknownFields: .ignore)
            guard decoded.findings.contains(where: \.isAboutSpec) else { return decoded.object }
            // Two specs that are read as missing would pass for the same.
            guard tree["spec"] != nil else { return nil }
            var rest = old.members ?? [:]
            rest["spec"] = nil
            return Resource.decode(.object(rest), unknownFields: .ignore).object
        }
        if let typed = try? request.decode(Resource.self, forKey: .object) {
            object = typed
            return
        }
        let decoded = Resource.decode(tree, unknownFields: .ignore)
        object = decoded.object
        // Who leaves the spec alone is not held up by the rest, which others write: labels, status.
        let leavesSpecAlone = old.map(object.hasSameSpec(as:)) ?? false
        if !leavesSpecAlone || decoded.findings.contains(where: \.isAboutSpec) { misshapen = decoded }
    }
}

extension Finding {
    fileprivate var isAboutSpec: Bool { path.steps.first == .field("spec") }
}

extension JSONValue {
    fileprivate var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
