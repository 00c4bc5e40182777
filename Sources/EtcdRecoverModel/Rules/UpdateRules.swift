import FoundationEssentials

/// What may change when.
enum UpdateRules {
    static let specRequired = Rule("spec.required", .both, at: "spec", .required, "There is a spec.")
    static let immutable = Rule(
        "spec.immutable", .both, at: "spec", .forbidden,
        "The spec stays as it is once the object has a phase: the record of what was done is not rewritten.")
    static let all = [specRequired, immutable]

    /// Names the fields that differ, so that one sees what a tool changed behind one's back.
    static func refusal<Resource: ManagedResource>(of new: Resource, after old: Resource?) -> Finding? {
        guard let old, old.hasPhase, !new.hasSameSpec(as: old) else { return nil }
        let version = (old as? EtcdRestore)?.spec?.target?.version
        let changed = changes(
            json(old.defaulted(sourceVersion: nil)), json(new.defaulted(sourceVersion: version)), at: FieldPath())
        let fields = changed.prefix(8).map(\.description).joined(separator: ", ")
        return Finding(
            immutable, at: FieldPath("spec"),
            "work has begun, so the spec is a record (changed: \(fields)): put it back, or create another "
                + "\(Resource.kind)")
    }

    private static func json(_ object: some ManagedResource) -> JSONValue {
        let whole = (try? JSONEncoder().encode(object)).flatMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }
        return whole?["spec"] ?? .null
    }

    private static func changes(_ old: JSONValue, _ new: JSONValue, at path: FieldPath) -> [FieldPath] {
        guard old.jsonBytes != new.jsonBytes else { return [] }
        guard case .object(let before) = old, case .object(let after) = new else { return [path] }
        return Set(before.keys).union(after.keys).sorted().flatMap {
            changes(before[$0] ?? .null, after[$0] ?? .null, at: path[$0])
        }
    }
}

extension ManagedResource {
    /// Whether the rules have a say: not about an object on its way out, nor about an update that leaves the spec
    /// alone, which may have been admitted under older rules.
    package func isJudged(after old: Self?) -> Bool {
        metadata.deletionTimestamp == nil && !(old.map(hasSameSpec(as:)) ?? false)
    }
}
