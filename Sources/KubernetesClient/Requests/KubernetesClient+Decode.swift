import EtcdRecoverModel
import FoundationEssentials

extension KubernetesClient {
    /// A body as a value, or an error that names object and field.
    func decode<Value: Decodable>(
        _ type: Value.Type, from body: [UInt8], of call: Call, as object: String
    ) throws(KubernetesError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            let problem = DecodingProblem(error)
            throw .undecodable(
                object: problem.item(in: body) ?? object, path: problem.path, reason: problem.reason,
                request: description(of: call))
        }
    }

    func encode(_ value: any Encodable) throws(KubernetesError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try [UInt8](encoder.encode(value))
        } catch {
            throw .invalidRequest("cannot write \(Swift.type(of: value)) as JSON: \(DecodingProblem(error).reason)")
        }
    }
}

/// Where and why a decoder gave up, without any of the values.
struct DecodingProblem {
    private var keys: [any CodingKey] = []
    var reason: String

    init(_ error: any Error) {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            keys = context.codingPath + [key]
            reason = "is missing"
        case DecodingError.valueNotFound(_, let context):
            keys = context.codingPath
            reason = "is null"
        case DecodingError.typeMismatch(let type, let context):
            keys = context.codingPath
            reason = "is not \(Self.jsonName(of: type))"
        case DecodingError.dataCorrupted(let context):
            keys = context.codingPath
            reason = keys.isEmpty ? "not valid JSON" : "has an invalid value"
        default:
            reason = "not valid JSON"
        }
    }

    private static func jsonName(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "a boolean"
        case is any BinaryInteger.Type: "an integer"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "\(type)".hasPrefix("Array") ? "a list" : "an object"
        }
    }

    /// `spec.members[2].name`; empty for the whole.
    var path: String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    /// The list's item that does not decode, by its name.
    func item(in body: [UInt8]) -> String? {
        guard keys.count > 1, keys[0].stringValue == "items", let index = keys[1].intValue,
            let list = try? JSONDecoder().decode(Names.self, from: Data(body)), list.items.indices.contains(index),
            let metadata = list.items[index].metadata
        else { return nil }
        let kind = list.kind.map { $0.hasSuffix("List") ? String($0.dropLast(4)) : $0 } ?? "object"
        return "\(kind) \(metadata.namespace.map { "\($0)/" } ?? "")\(metadata.name ?? "")"
    }

    private struct Names: Decodable {
        struct Item: Decodable { var metadata: Metadata? }
        struct Metadata: Decodable {
            var name: String?
            var namespace: String?
        }
        var kind: String?
        var items: [Item]
    }
}
