import EtcdRecoverModel
import YAML

/// A manifest of one of our kinds, read as far as its shape allows.
struct JudgedManifest: Sendable {
    var object: ManifestObject
    var decoded: any DecodedManifest

    static let kinds: [any ManagedResource.Type] = [EtcdBackup.self, EtcdRestore.self, EtcdRecovery.self]

    /// Nil for an object of another kind, which is none of our business. A kind in another spelling, of another version
    /// or without a group is ours, and wrong.
    init?(_ object: ManifestObject) {
        guard let kind = Self.kind(namedIn: object), Self.isOurs(object.apiVersion, kind) else { return nil }
        self.object = object
        decoded = kind.decode(object)
    }

    /// A warning for an object of another API group whose kind has the name of one of ours: meant for another operator,
    /// or for this one by mistake.
    static func otherGroup(_ object: ManifestObject) -> LocatedFinding? {
        guard let kind = kind(namedIn: object), !isOurs(object.apiVersion, kind) else { return nil }
        return LocatedFinding(
            place: object.place(of: FieldPath("apiVersion")), severity: .warning, rule: .otherGroup,
            message: "\(object.identity) is of \(object.apiVersion) and was not checked; write "
                + "\(kind.group)/\(kind.version) if it is meant for etcdrecover")
    }

    /// An error for an object of our API group whose kind has a name that is nearly one of ours: no API server takes it.
    static func unknownKind(_ object: ManifestObject) -> LocatedFinding? {
        guard kind(namedIn: object) == nil, object.apiVersion.hasPrefix(EtcdBackup.group + "/"),
            let near = nearestName(to: object.kind, among: kinds.map { $0.kind })
        else { return nil }
        return LocatedFinding(
            place: object.place(of: FieldPath("kind")), severity: .error, rule: .unknownKind,
            message: "there is no kind \(object.kind) in \(object.apiVersion): did you mean \(near)?")
    }

    /// By kind or plural, in any case.
    private static func kind(namedIn object: ManifestObject) -> (any ManagedResource.Type)? {
        let name = object.kind.lowercased()
        return kinds.first { $0.kind.lowercased() == name || $0.plural == name }
    }

    private static func isOurs(_ apiVersion: String, _ kind: any ManagedResource.Type) -> Bool {
        !apiVersion.contains("/") || apiVersion.hasPrefix(kind.group + "/")
    }

    /// All there is to say about the object, in field order.
    func findings(asking lookup: any Lookup, options: RuleOptions) async -> [LocatedFinding] {
        let checked = CheckedObject(identity: object.identity, place: object.place)
        return await decoded.defaultedFindings(asking: lookup, options: options).map { finding in
            LocatedFinding(
                place: object.place(of: finding.path), object: checked, path: finding.path.description,
                severity: finding.severity, rule: finding.rule, reason: finding.reason, message: finding.message)
        }
    }
}

/// `Decoded` of any kind.
protocol DecodedManifest: Sendable {
    var resource: any ManagedResource { get }
    /// Of the object as it would be stored, look-ups included.
    func defaultedFindings(asking lookup: any Lookup, options: RuleOptions) async -> [Finding]
}

extension Decoded: DecodedManifest {
    var resource: any ManagedResource { object }

    func defaultedFindings(asking lookup: any Lookup, options: RuleOptions) async -> [Finding] {
        var copy = self
        let version = await object.sourceVersion(old: nil, lookup: lookup)
        copy.object = object.defaulted(sourceVersion: version)
        return await copy.allFindings(lookup: lookup, options: options)
    }
}

extension ManagedResource {
    fileprivate static func decode(_ manifest: ManifestObject) -> any DecodedManifest {
        let node = manifest.node
        var decoded = decode(node.jsonValue, unknownFields: .refuse) { path in
            let scalar = node.node(at: path.steps.map(PathStep.init)).node.scalar
            return scalar?.isTypedBySpelling == true ? scalar?.text : nil
        }
        if decoded.object.metadata.namespace == nil { decoded.object.metadata.namespace = manifest.namespace }
        return decoded
    }
}
