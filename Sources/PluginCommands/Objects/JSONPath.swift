import EtcdRecoverModel

/// The part of Kubernetes' JSONPath that printer columns use: `.a.b`, `['a.b','c']` for whichever is there, and
/// `[?(@.type=="Ready")]` for the item of a list with that field.
struct JSONPath: Hashable, Sendable {
    private enum Step: Hashable, Sendable {
        case member(String)
        case anyOf([JSONPath])
        case item(field: String, value: String)
    }

    private var steps: [Step] = []

    /// What is not understood leads nowhere.
    init(_ text: String) {
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
                steps.append(Self.bracket(rest[rest.index(after: rest.startIndex)..<close]))
                rest = rest[rest.index(after: close)...]
            } else {
                if rest.hasPrefix(".") { rest = rest.dropFirst() }
                let name = rest.prefix { $0 != "." && $0 != "[" }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(max(1, name.count))
            }
        }
    }

    private static func bracket(_ text: Substring) -> Step {
        if text.hasPrefix("?(@."), text.hasSuffix(")") {
            let parts = text.dropFirst(4).dropLast().split(separator: "=")
            return .item(
                field: parts.first.map(String.init) ?? "", value: parts.last?.filter { $0 != "\"" && $0 != "'" } ?? "")
        }
        return .anyOf(text.split(separator: ",").map { JSONPath("." + $0.filter { $0 != "'" && $0 != "\"" }) })
    }

    func first(in value: JSONValue) -> JSONValue? {
        steps.reduce(value as JSONValue?) { value, step in
            guard let value else { return nil }
            switch step {
            case .member(let name): return value[name]
            case .anyOf(let paths): return paths.lazy.compactMap { $0.first(in: value) }.first
            case .item(let field, let wanted):
                guard case .array(let items) = value else { return nil }
                return items.first { $0[field]?.string == wanted }
            }
        }
    }
}
