import EtcdRecoverModel

/// An object under review, of one of the kinds that we judge.
protocol Judgement: Sendable {
    /// As the object says; of one that is still to be named, the beginning of its name.
    var name: String? { get }
    /// Defaults, as a patch; or every finding, when the rules refuse what the defaults leave.
    func mutate(by rules: AdmissionRules) async -> Verdict
    /// What the rules say, look-ups included.
    func validate(by rules: AdmissionRules) async -> Verdict
}

struct Verdict {
    var findings: [Finding] = []
    var patch = DefaultPatch()
}

/// What the rules run with.
struct AdmissionRules: Sendable {
    /// Whose rights count. Never nobody: the rules would take that for this program.
    var requester: UserInfo
    var lookup: any Lookup
    var options: RuleOptions
}

struct JudgedObject<Resource: ManagedResource>: Judgement {
    private var object: Resource
    private var old: Resource?
    /// Set where the object has values of the wrong type; `object` is then what could be read of it.
    private var misshapen: Decoded<Resource>?
    /// Set where the spec is the stored one to the letter, whatever is wrong with it.
    private var isUntouched = false

    init(
        from request: KeyedDecodingContainer<AdmissionRequest.CodingKeys>, reading: ObjectReading
    ) throws {
        switch reading {
        case .typed:
            old = try request.decodeIfPresent(Resource.self, forKey: .oldObject)
            object = try request.decode(Resource.self, forKey: .object)
        case .lenient:
            let objects = try LenientObjects<Resource>(from: request)
            (object, old, misshapen, isUntouched) = (
                objects.object, objects.old, objects.misshapen, objects.hasSameSpec
            )
        }
        // Manifests may leave the namespace to the request.
        if object.metadata.namespace == nil {
            object.metadata.namespace = try request.decodeIfPresent(String.self, forKey: .namespace)
        }
        misshapen?.object = object
    }

    var name: String? { object.metadata.name ?? object.metadata.generateName }

    func mutate(by rules: AdmissionRules) async -> Verdict {
        guard object.metadata.deletionTimestamp == nil, !isUntouched else { return Verdict() }
        let version = await object.sourceVersion(old: old, lookup: rules.lookup)
        let defaulted = object.defaulted(sourceVersion: version)
        if var misshapen {
            misshapen.object = defaulted
            return await Verdict(findings: findings(of: misshapen, rules))
        }
        // An update that leaves the spec alone may get back a default that it lost, and nothing that is new to it.
        if let old, object.hasSameSpec(as: old), !defaulted.hasSameSpec(as: old) { return Verdict() }
        // Between this pass and the next the API server checks the schema, and would then speak alone. So what is to be
        // refused is refused here already, with everything there is to say.
        let pure = defaulted.pureFindings(old: old, options: rules.options)
        guard pure.contains(where: { $0.severity == .error }) else {
            return Verdict(patch: defaulted.defaultPatch(from: object))
        }
        return await Verdict(
            findings: defaulted.allFindings(
                old: old, requester: rules.requester, lookup: rules.lookup, options: rules.options))
    }

    func validate(by rules: AdmissionRules) async -> Verdict {
        guard object.metadata.deletionTimestamp == nil, !isUntouched else { return Verdict() }
        if let misshapen { return await Verdict(findings: findings(of: misshapen, rules)) }
        return await Verdict(
            findings: object.allFindings(
                old: old, requester: rules.requester, lookup: rules.lookup, options: rules.options))
    }

    private func findings(of misshapen: Decoded<Resource>, _ rules: AdmissionRules) async -> [Finding] {
        await misshapen.allFindings(
            old: old, requester: rules.requester, lookup: rules.lookup, options: rules.options)
    }
}
