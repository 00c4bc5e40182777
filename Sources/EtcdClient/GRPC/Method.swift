/// A call of etcd's API, and what must be known to make it.
struct Method: Hashable, Sendable {
    let service: String
    let name: String
    /// Makes no change: another member may be asked after a failure that leaves open whether the first one did it.
    let isRead: Bool
    /// Answered without a token also where authentication is on, or by some releases.
    let isOpen: Bool

    private init(_ service: String, _ name: String, isRead: Bool = false, isOpen: Bool = false) {
        self.service = service
        self.name = name
        self.isRead = isRead
        self.isOpen = isOpen
    }

    /// Whether this may mean that the token is too old: some releases tell watches nothing more exact.
    func hides(_ kind: EtcdError.Kind) -> Bool {
        self == .watch && kind == .permissionDenied
    }

    var path: String { "/etcdserverpb.\(service)/\(name)" }

    static let status = Method("Maintenance", "Status", isRead: true, isOpen: true)
    static let snapshot = Method("Maintenance", "Snapshot", isRead: true)
    static let hashKV = Method("Maintenance", "HashKV", isRead: true)
    static let alarm = Method("Maintenance", "Alarm")
    static let alarms = Method("Maintenance", "Alarm", isRead: true)
    static let defragment = Method("Maintenance", "Defragment")

    static let memberList = Method("Cluster", "MemberList", isRead: true, isOpen: true)
    static let memberAdd = Method("Cluster", "MemberAdd")
    static let memberPromote = Method("Cluster", "MemberPromote")
    static let memberRemove = Method("Cluster", "MemberRemove")
    static let memberUpdate = Method("Cluster", "MemberUpdate")

    static let range = Method("KV", "Range", isRead: true)
    static let put = Method("KV", "Put")
    static let deleteRange = Method("KV", "DeleteRange")
    static let txn = Method("KV", "Txn")
    static let compact = Method("KV", "Compact")
    static let watch = Method("Watch", "Watch", isRead: true)
    static let leaseGrant = Method("Lease", "LeaseGrant")

    static let authenticate = Method("Auth", "Authenticate", isRead: true, isOpen: true)
    static let authStatus = Method("Auth", "AuthStatus", isRead: true)
}
