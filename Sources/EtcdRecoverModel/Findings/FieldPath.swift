/// Where in an object something stands, printed as Kubernetes does: `spec.destination.s3.bucket`, `items[2].name`,
/// `metadata.annotations[example.com/key]`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    package enum Step: Hashable, Sendable {
        case field(String)
        case index(Int)
    }

    package var steps: [Step]

    package init(_ steps: [Step] = []) { self.steps = steps }

    /// From names without indices: `FieldPath("spec", "clusterRef")`.
    package init(_ fields: String...) { steps = fields.map(Step.field) }

    package subscript(field: String) -> FieldPath { FieldPath(steps + [.field(field)]) }
    package subscript(index: Int) -> FieldPath { FieldPath(steps + [.index(index)]) }

    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .field(let name) where name.contains(where: { $0 == "." || $0 == "/" }): text += "[\(name)]"
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            }
        }
        return text
    }
}
