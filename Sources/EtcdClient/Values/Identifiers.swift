/// Given to a member when it joins, and never again once it was removed. Never 0. Printed as etcd does: lower-case
/// hexadecimal without leading zeros.
package struct MemberID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// From hexadecimal digits, as printed.
    package init?(_ text: String) {
        guard let value = UInt64(text, radix: 16), value != 0 else { return nil }
        rawValue = value
    }

    package var description: String { String(rawValue, radix: 16) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What the members of one cluster have in common. Printed like a `MemberID`.
package struct ClusterID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package var description: String { String(rawValue, radix: 16) }
}

/// A point in etcd's history: every write to the keyspace adds one. Never negative.
package struct Revision: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package var description: String { "\(rawValue)" }

    /// The one after it, from which a watch goes on.
    package var next: Revision { Revision(rawValue: rawValue + 1) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

package struct LeaseID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package var description: String { String(rawValue, radix: 16) }
}
