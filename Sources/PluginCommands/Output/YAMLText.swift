import EtcdRecoverModel
import YAML

extension JSONValue {
    /// As `kubectl get -o yaml` prints it: keys sorted.
    func yamlText() -> String { YAMLEmitter.emit([yamlNode]) }

    private var yamlNode: YAMLNode {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let values): .sequence(values.map(\.yamlNode))
        case .object(let members):
            .mapping(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.yamlNode) })
        }
    }
}
