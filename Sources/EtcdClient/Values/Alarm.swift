/// A member's cry for help. It stands, also through a restore, until it is disarmed.
package struct Alarm: Hashable, Sendable, CustomStringConvertible {
    /// A name of etcd's; another version may have more.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The database has reached its quota: the cluster refuses writes.
        package static let noSpace = Kind(rawValue: "NOSPACE")
        /// This member's data differs from the others'.
        package static let corrupt = Kind(rawValue: "CORRUPT")
    }

    package var member: MemberID
    package var kind: Kind

    package init(member: MemberID, kind: Kind) {
        self.member = member
        self.kind = kind
    }

    package var description: String { "\(kind.rawValue) of member \(member)" }

    /// From an entry of the status's errors, `memberID:123 alarm:NOSPACE `; `nil` for other entries.
    init?(inStatus text: String) {
        var fields: [Substring: Substring] = [:]
        for word in text.split(separator: " ") {
            let parts = word.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard let member = fields["memberID"].flatMap({ UInt64($0) }), let kind = fields["alarm"] else { return nil }
        self.init(member: MemberID(rawValue: member), kind: Kind(rawValue: String(kind)))
    }

    init(_ wire: WireAlarmMember) {
        let kind: Kind =
            switch wire.alarm {
            case .nospace: .noSpace
            case .corrupt: .corrupt
            case .none: Kind(rawValue: "NONE")
            case .UNRECOGNIZED(let number): Kind(rawValue: "\(number)")
            }
        self.init(member: MemberID(rawValue: wire.memberID), kind: kind)
    }

    /// `nil` for a kind that has no number here.
    var wireType: WireAlarmType? {
        switch kind {
        case .noSpace: .nospace
        case .corrupt: .corrupt
        default: Int(kind.rawValue).map(WireAlarmType.UNRECOGNIZED)
        }
    }
}
