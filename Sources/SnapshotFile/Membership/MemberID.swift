/// The id of a member: half of a hash of its peer URLs and of the token of its cluster. Never 0.
package struct MemberID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// As etcd prints it and as it names the member in its database: lower-case hexadecimal without leading zeros.
    package var description: String { String(rawValue, radix: 16) }

    package static func < (one: MemberID, other: MemberID) -> Bool { one.rawValue < other.rawValue }
}

/// The id of a cluster, made of the ids of its first members.
package struct ClusterID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Lower-case hexadecimal without leading zeros.
    package var description: String { String(rawValue, radix: 16) }
}
