import EtcdRecoverModel
import YAML

extension YAMLNode {
    /// The node as JSON has it. What JSON cannot say, infinity and whole numbers beyond 64 bits, comes as a double.
    var jsonValue: JSONValue {
        switch content {
        case .scalar(let scalar): scalar.value.jsonValue
        case .sequence(let items): .array(items.map(\.jsonValue))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.jsonValue) }) { _, last in last })
        }
    }
}

extension YAMLValue {
    fileprivate var jsonValue: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .uint(let value): .double(Double(value))
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        }
    }
}
