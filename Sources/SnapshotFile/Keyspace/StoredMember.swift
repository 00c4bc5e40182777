/// A member as the `members` bucket has it, under its id in hexadecimal.
package struct StoredMember: Hashable, Sendable {
    package let id: MemberID
    /// Empty until the member has started.
    package let name: String
    package let peerURLs: [String]
    package let clientURLs: [String]
    package let isLearner: Bool

    private struct Stored: Decodable {
        let id: UInt64
        let name: String?
        let peerURLs: [String]?
        let clientURLs: [String]?
        let isLearner: Bool?
    }

    init(of entry: Entry) throws(Finding) {
        let stored: Stored = try entry.json("member")
        id = try MemberID(of: entry)
        guard stored.id == id.rawValue else { throw entry.unexpected("the id of member \(id) in its JSON") }
        name = stored.name ?? ""
        peerURLs = stored.peerURLs ?? []
        clientURLs = stored.clientURLs ?? []
        isLearner = stored.isLearner ?? false
    }
}

extension MemberID {
    /// The id that is an entry's key.
    init(of entry: Entry) throws(Finding) {
        let text = entry.key.text
        guard let number = UInt64(text, radix: 16), MemberID(rawValue: number).description == text else {
            throw entry.unexpectedKey("a member's id in hexadecimal")
        }
        self.init(rawValue: number)
    }
}

/// An alarm that a member has raised and nobody has disarmed. It travels with snapshots.
package struct Alarm: Hashable, Sendable {
    /// `NOSPACE` stops all writes; `CORRUPT` stops nearly everything.
    package struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: UInt64

        package init(rawValue: UInt64) { self.rawValue = rawValue }

        package static let noSpace = Kind(rawValue: 1)
        package static let corrupt = Kind(rawValue: 2)

        /// As etcd's tools print it.
        package var description: String {
            switch self {
            case .noSpace: "NOSPACE"
            case .corrupt: "CORRUPT"
            default: "\(rawValue)"
            }
        }
    }

    package let member: MemberID
    package let kind: Kind

    init(of entry: Entry) throws(Finding) {
        var reader = WireReader(entry.key)
        var (member, kind) = (UInt64(0), UInt64(0))
        do {
            while let field = try reader.next() {
                switch (field.number, field.value) {
                case (1, .varint(let number)): member = number
                case (2, .varint(let number)): kind = number
                default: break
                }
            }
        } catch {
            throw entry.unexpectedKey("an AlarmMember message")
        }
        self.member = MemberID(rawValue: member)
        self.kind = Kind(rawValue: kind)
    }
}
