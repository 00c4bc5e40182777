package import FoundationEssentials

/// A `metav1.Condition`; a list of them is a map keyed by `type`.
package struct Condition: Codable, Hashable, Sendable {
    package var type: String
    /// `True`, `False` or `Unknown`.
    package var status: String
    package var observedGeneration: Int64?
    package var lastTransitionTime: Timestamp?
    package var reason: String?
    package var message: String?

    package init(
        type: String, status: String, observedGeneration: Int64? = nil, lastTransitionTime: Timestamp? = nil,
        reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension [Condition] {
    package subscript(type: String) -> Condition? { first { $0.type == type } }

    /// Replaces the condition of the same type. Its time is that of its status' last change, as the API's conventions have
    /// it; a message past the 32 KiB that API servers take is cut.
    package mutating func set(_ new: Condition, at now: Date) {
        var new = new
        let old = self[new.type]
        new.lastTransitionTime = old?.status == new.status ? old?.lastTransitionTime : Timestamp(now)
        new.message = new.message?.cut(toBytes: 32 << 10)
        removeAll { $0.type == new.type }
        append(new)
    }
}

extension String {
    /// At whole characters.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var text = self
        while text.utf8.count > limit - 3 { text.removeLast(max(1, (text.utf8.count - limit + 3) / 4)) }
        return text + "…"
    }
}
