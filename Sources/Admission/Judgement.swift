import EtcdRecoverModel

/// An object under review, of one of the kinds that we judge.
protocol Judgement: Sendable {
    /// As the object says; of one that is still to be named, the beginning of its name.
    var name: String? { get }
    /// Defaults, as a patch; or every finding, when the rules refuse what the defaults leave.
    func mutate(_ request: AdmissionRequest, by rules: AdmissionRules) async -> Verdict
    /// What the rules say, look-ups included.
    func validate(_ request: AdmissionRequest, by rules: AdmissionRules) async -> Verdict
}

struct Verdict {
    var findings: [Finding] = []
    var patch = DefaultPatch()
}

/// What the rules run with.
struct AdmissionRules: Sendable {
    var lookup: any Lookup
    var options: RuleOptions
}

struct JudgedObject<Resource: ManagedResource>: Judgement {
    private var object: Shape
    private var old: Resource?

    private enum Shape {
        case sound(Resource)
        case beingDeleted
        /// Values of the wrong type, each with its path.
        case unsound([Finding])
    }

    init(from request: KeyedDecodingContainer<AdmissionRequest.CodingKeys>) throws {
        old = try? request.decodeIfPresent(Resource.self, forKey: .oldObject)
        do {
            let resource = try request.decode(Resource.self, forKey: .object)
            object = resource.metadata.deletionTimestamp == nil ? .sound(resource) : .beingDeleted
        } catch DecodingError.typeMismatch, DecodingError.valueNotFound, DecodingError.dataCorrupted {
            // Only now as a tree: it costs ten times the typed reading, and tells every problem instead of one.
            let tree = try request.decode(JSONValue.self, forKey: .object)
            let isBeingDeleted = tree["metadata"]?["deletionTimestamp"]?.string != nil
            object = isBeingDeleted ? .beingDeleted : .unsound(Resource.shapeFindings(tree))
        }
    }

    var name: String? {
        guard case .sound(let resource) = object else { return nil }
        return resource.metadata.name ?? resource.metadata.generateName
    }

    func mutate(_ request: AdmissionRequest, by rules: AdmissionRules) async -> Verdict {
        let resource: Resource
        switch object {
        case .beingDeleted: return Verdict()
        case .unsound(let findings): return Verdict(findings: findings)
        case .sound(let sound): resource = inNamespace(sound, request)
        }
        let version = await resource.sourceVersion(old: old, lookup: rules.lookup)
        let defaulted = resource.defaulted(sourceVersion: version)
        let patch = defaulted.defaultPatch(from: resource)
        if let old, resource.hasSameSpec(as: old) {
            return defaulted.hasSameSpec(as: old) ? Verdict(patch: patch) : Verdict()
        }
        // Between this pass and the next the API server checks the schema, and would then speak alone. So what is to be
        // refused is refused here already, with everything there is to say.
        let pure = defaulted.pureFindings(old: old, options: rules.options)
        guard pure.contains(where: { $0.severity == .error }) else { return Verdict(patch: patch) }
        return await Verdict(findings: allFindings(pure, defaulted, request, rules))
    }

    func validate(_ request: AdmissionRequest, by rules: AdmissionRules) async -> Verdict {
        let resource: Resource
        switch object {
        case .beingDeleted: return Verdict()
        case .unsound(let findings): return Verdict(findings: findings)
        case .sound(let sound): resource = inNamespace(sound, request)
        }
        // An update that leaves the spec alone (labels, finalizers, a rule that came later) is nobody's to block.
        if let old, resource.hasSameSpec(as: old) { return Verdict() }
        let pure = resource.pureFindings(old: old, options: rules.options)
        return await Verdict(findings: allFindings(pure, resource, request, rules))
    }

    private func allFindings(
        _ pure: [Finding], _ resource: Resource, _ request: AdmissionRequest, _ rules: AdmissionRules
    ) async -> [Finding] {
        let asked = await resource.lookupFindings(
            requester: request.userInfo, lookup: rules.lookup, options: rules.options)
        return asked.isEmpty ? pure : pure + asked
    }

    /// Manifests may leave the namespace to the request.
    private func inNamespace(_ resource: Resource, _ request: AdmissionRequest) -> Resource {
        guard resource.metadata.namespace == nil else { return resource }
        var resource = resource
        resource.metadata.namespace = request.namespace
        return resource
    }
}
