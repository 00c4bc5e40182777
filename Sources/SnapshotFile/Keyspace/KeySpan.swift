/// The user keys a search is about: from `start` on, up to but without `end`.
package struct KeySpan: Hashable, Sendable {
    package let start: [UInt8]
    /// Nil: up to the last key.
    package let end: [UInt8]?

    package init(from start: [UInt8] = [], to end: [UInt8]? = nil) {
        self.start = start
        self.end = end
    }

    package static let all = KeySpan()

    /// The keys that begin with `prefix`.
    package init(prefix: [UInt8]) {
        var end = prefix
        while end.last == 0xFF { end.removeLast() }
        if let last = end.popLast() { end.append(last + 1) }
        self.init(from: prefix, to: end.isEmpty ? nil : end)
    }

    /// That key alone.
    package init(only key: [UInt8]) {
        self.init(from: key, to: key + [0])
    }

    @inline(__always)
    package func contains(_ key: Bytes) -> Bool {
        guard start.isEmpty || key.order(against: start) >= 0 else { return false }
        guard let end else { return true }
        return key.order(against: end) < 0
    }
}
