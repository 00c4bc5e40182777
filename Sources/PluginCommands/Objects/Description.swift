import EtcdRecoverModel
import FoundationEssentials

/// What `describe` prints: the object in kubectl describe's manner, its conditions and its events as tables.
struct Description: Sendable {
    var object: JSONValue
    /// Nil when they could not be read.
    var events: [ObjectEvent]?

    /// One row of the table of events.
    struct ObjectEvent: Hashable, Sendable {
        var type: String
        var reason: String
        var lastSeen: Timestamp?
        var firstSeen: Timestamp?
        var count: Int
        var source: String
        var message: String
    }

    func text(now: Date) -> String {
        let metadata = object["metadata"]
        var text = Self.labelled([
            ("Name", [metadata?["name"]?.cellText ?? ""]),
            ("Namespace", [metadata?["namespace"]?.cellText ?? ""]),
            ("Labels", Self.pairs(metadata?["labels"], separator: "=")),
            ("Annotations", Self.pairs(metadata?["annotations"], separator: ": ")),
            ("API Version", [object["apiVersion"]?.cellText ?? ""]),
            ("Kind", [object["kind"]?.cellText ?? ""]),
            ("Created", [Self.moment(metadata?["creationTimestamp"]?.string, now: now)]),
        ])
        if let deleted = metadata?["deletionTimestamp"]?.string {
            text += "Being deleted since \(Self.moment(deleted, now: now))\n"
        }
        text += Self.section("Spec", object["spec"])
        var status = object["status"]
        var conditions: [JSONValue] = []
        if case .object(var members)? = status {
            if case .array(let list)? = members.removeValue(forKey: "conditions") { conditions = list }
            status = .object(members)
        }
        return text + Self.section("Status", status) + Self.conditionTable(conditions, now: now) + eventTable(now: now)
    }

    private static func moment(_ time: String?, now: Date) -> String {
        time.map { "\($0) (\(Timestamp(rawValue: $0).age(now: now)) ago)" } ?? "<unset>"
    }

    private static func pairs(_ map: JSONValue?, separator: String) -> [String] {
        // What kubectl apply keeps for itself repeats the whole manifest.
        guard case .object(var members)? = map else { return ["<none>"] }
        members["kubectl.kubernetes.io/last-applied-configuration"] = nil
        return members.isEmpty
            ? ["<none>"] : members.sorted { $0.key < $1.key }.map { $0.key + separator + $0.value.cellText }
    }

    /// Values in one column behind the longest label, a further line for each further value.
    private static func labelled(_ fields: [(label: String, values: [String])], indent: String = "") -> String {
        let width = (fields.map(\.label.count).max() ?? 0) + 3
        return fields.map { field in
            field.values.enumerated().map { index, value in
                let label = index == 0 ? field.label + ":" : ""
                let gap = String(repeating: " ", count: width - label.count)
                return (indent + label + gap + value.printable()).trimmingTrailingSpaces() + "\n"
            }.joined()
        }.joined()
    }

    private static func section(_ title: String, _ value: JSONValue?) -> String {
        guard case .object(let members)? = value, !members.isEmpty else { return "\(title):  <none>\n" }
        return "\(title):\n" + fields(members, indent: "  ")
    }

    private static func fields(_ members: [String: JSONValue], indent: String) -> String {
        let sorted = members.sorted { $0.key < $1.key }
        let plain = sorted.filter { !$0.value.isNested }
        let width = plain.map(\.key.label.count).max() ?? 0
        return sorted.map { key, value in
            let label = key.label.printable() + ":"
            switch value {
            case .object(let inner) where !inner.isEmpty:
                return indent + label + "\n" + fields(inner, indent: indent + "  ")
            case .array(let items) where !items.isEmpty:
                return indent + label + "\n" + items.map { item($0, indent: indent + "  ") }.joined()
            default:
                let gap = String(repeating: " ", count: max(1, width + 3 - label.count))
                let text = value.isEmptyCollection ? "<none>" : value.cellText.printable()
                return (indent + label + gap + text).trimmingTrailingSpaces() + "\n"
            }
        }.joined()
    }

    private static func item(_ value: JSONValue, indent: String) -> String {
        guard case .object(let members) = value else { return indent + value.cellText.printable() + "\n" }
        return fields(members, indent: indent)
    }

    private static func conditionTable(_ conditions: [JSONValue], now: Date) -> String {
        guard !conditions.isEmpty else { return "Conditions:  <none>\n" }
        let rows = conditions.map { condition in
            func field(_ name: String) -> String { (condition[name]?.cellText ?? "").printable() }
            let age = condition["lastTransitionTime"]?.string.map { Timestamp(rawValue: $0).age(now: now) } ?? ""
            return [field("type"), field("status"), field("reason"), age, field("message")]
        }
        return "Conditions:\n"
            + Table(columns: ["Type", "Status", "Reason", "Age", "Message"], rows: rows)
            .text(indent: "  ")
    }

    private func eventTable(now: Date) -> String {
        guard let events else { return "Events:  <unknown>\n" }
        guard !events.isEmpty else { return "Events:  <none>\n" }
        let rows = events.map { event in
            var age = event.lastSeen?.age(now: now) ?? "<unknown>"
            if event.count > 1, let first = event.firstSeen {
                age += " (x\(event.count) over \(first.age(now: now)))"
            }
            return [event.type, event.reason, age, event.source, event.message].map { $0.printable() }
        }
        return "Events:\n"
            + Table(columns: ["Type", "Reason", "Age", "From", "Message"], rows: rows).text(indent: "  ")
    }
}

extension JSONValue {
    fileprivate var isEmptyCollection: Bool { self == .array([]) || self == .object([:]) }

    fileprivate var isNested: Bool {
        switch self {
        case .array, .object: !isEmptyCollection
        default: false
        }
    }
}

extension String {
    /// `clusterRef` as `Cluster Ref`, `memberID` as `Member ID`.
    fileprivate var label: String {
        var text = ""
        var previousIsLower = false
        for character in self {
            if character.isUppercase, previousIsLower { text += " " }
            text += text.isEmpty ? character.uppercased() : String(character)
            previousIsLower = character.isLowercase || character.isNumber
        }
        return text
    }
}
