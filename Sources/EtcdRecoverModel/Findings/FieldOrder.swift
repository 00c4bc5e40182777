/// Sorts findings into the order in which a kind declares its fields, which is the order people write them in.
struct FieldOrder {
    /// The whole object's shape.
    var schema: Schema

    /// Findings at one place keep their order; one that says the same as another before it is dropped.
    func sorted(_ findings: [Finding]) -> [Finding] {
        guard findings.count > 1 else { return findings }
        var seen: Set<Finding> = []
        return
            findings
            .filter { seen.insert($0).inserted }
            .enumerated()
            .map { (key: key(of: $0.element.path), position: $0.offset, finding: $0.element) }
            .sorted { one, other in
                one.key == other.key ? one.position < other.position : one.key.lexicographicallyPrecedes(other.key)
            }
            .map(\.finding)
    }

    private struct Key: Hashable, Comparable {
        var index: Int
        /// Tells unknown fields and the keys of maps apart.
        var name = ""
        static func < (one: Self, other: Self) -> Bool { (one.index, one.name) < (other.index, other.name) }
    }

    private func key(of path: FieldPath) -> [Key] {
        var schema: Schema? = schema
        return path.steps.map { step in
            switch (step, schema) {
            case (.index(let index), .array(of: let element, _)?):
                schema = element
                return Key(index: index)
            case (.index(let index), _):
                schema = nil
                return Key(index: index)
            case (.field(let name), let parent):
                let fields = parent?.fields ?? []
                let index = fields.firstIndex { $0.name == name }
                schema = index.map { fields[$0].schema }
                return index.map { Key(index: $0) } ?? Key(index: fields.count, name: name)
            }
        }
    }
}

extension ManagedResource {
    /// The schema with the fields that every Kubernetes object has in front.
    static var wholeSchema: Schema {
        .object(
            [
                .init("apiVersion", .string(), "Group and version of the API."),
                .init("kind", .string(), "The kind of the object."),
                .init("metadata", ObjectMeta.schema, "Name, labels and what else every object has."),
            ] + schema.fields)
    }
}
