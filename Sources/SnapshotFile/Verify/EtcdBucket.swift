/// The buckets of etcd's databases.
enum EtcdBucket: String, CaseIterable {
    case alarm
    case auth
    case authRoles
    case authUsers
    case cluster
    case key
    case lease
    case members
    case membersRemoved = "members_removed"
    case meta
    /// One that no release makes.
    case unknown = ""

    init(_ name: Bytes) {
        self = Self.allCases.first { !$0.rawValue.isEmpty && name == Array($0.rawValue.utf8) } ?? .unknown
    }

    /// Without these there is nothing to restore.
    var isEssential: Bool { self == .key || self == .meta }
}
