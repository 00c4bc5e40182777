import FoundationEssentials

/// What may change when.
enum UpdateRules {
    static let specRequired = Rule("spec.required", .all, at: "spec", .required, "There is a spec.")
    static let immutable = Rule(
        "spec.immutable", .both, at: "spec", .forbidden,
        "The spec stays as it is once the object has a phase: the record of what was done is not rewritten.")
    static let all = [specRequired, immutable]

    /// Names the fields that differ, so that one sees what a tool changed behind one's back.
    fileprivate static func refusal<Resource: ManagedResource>(of new: Resource, after old: Resource) -> Finding {
        let fields = listed(changes(from: old, to: new))
        return Finding(
            immutable, at: FieldPath("spec"),
            "work has begun, so the spec is a record (changed: \(fields)): put it back, or create another "
                + "\(Resource.kind)")
    }

    /// The fields of the spec that differ, defaults filled in; without `spec` in front.
    static func changes<Resource: ManagedResource>(from old: Resource, to new: Resource) -> [FieldPath] {
        let version = (old as? EtcdRestore)?.spec?.target?.version
        return changes(
            json(old.defaulted(sourceVersion: nil)), json(new.defaulted(sourceVersion: version)), at: FieldPath())
    }

    static func listed(_ fields: [FieldPath]) -> String {
        fields.prefix(8).map(\.description).joined(separator: ", ")
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

/// What an update means to the rules.
package enum SpecUpdate: Sendable {
    /// The spec stays, or what is new in it has been judged with this: nothing more is said of it, which may have been
    /// admitted under older rules, and nothing looked up.
    case settled
    /// Judged as on creation.
    case open
    /// Not allowed, whatever the new spec is worth by itself. In field order.
    case refused([Finding])
}

extension ManagedResource {
    /// Of most kinds: anything goes before the work has begun, and nothing afterwards.
    package func specUpdate(after old: Self) -> SpecUpdate {
        if hasSameSpec(as: old) { return .settled }
        return old.hasPhase ? .refused([UpdateRules.refusal(of: self, after: old)]) : .open
    }

    /// As `specUpdate`, for creations too. Nothing is said about an object on its way out.
    func update(after old: Self?) -> SpecUpdate {
        if metadata.deletionTimestamp != nil { return .settled }
        return old.map(specUpdate(after:)) ?? .open
    }
}
