/// What a member says of itself, without asking the others.
package struct MemberStatus: Hashable, Sendable {
    package var header: ResponseHeader
    /// The server's, such as `3.5.30`.
    package var version: String
    /// Of the data, from 3.6 on.
    package var storageVersion: String?
    /// Bytes of the database file.
    package var databaseSize: Int64
    /// Bytes of it that hold data; the rest is what a defragmentation would free.
    package var databaseSizeInUse: Int64
    /// Bytes at which writes are refused, from 3.6 on.
    package var databaseQuota: Int64?
    /// The leader this member follows; `nil` while it knows none.
    package var leader: MemberID?
    package var raftTerm: UInt64
    package var raftIndex: UInt64
    package var raftAppliedIndex: UInt64
    package var isLearner: Bool
    /// What it has to complain of, alarms among it, in etcd's words.
    package var errors: [String]

    package init(
        header: ResponseHeader, version: String, storageVersion: String? = nil, databaseSize: Int64 = 0,
        databaseSizeInUse: Int64 = 0, databaseQuota: Int64? = nil, leader: MemberID?, raftTerm: UInt64,
        raftIndex: UInt64, raftAppliedIndex: UInt64, isLearner: Bool = false, errors: [String] = []
    ) {
        self.header = header
        self.version = version
        self.storageVersion = storageVersion
        self.databaseSize = databaseSize
        self.databaseSizeInUse = databaseSizeInUse
        self.databaseQuota = databaseQuota
        self.leader = leader
        self.raftTerm = raftTerm
        self.raftIndex = raftIndex
        self.raftAppliedIndex = raftAppliedIndex
        self.isLearner = isLearner
        self.errors = errors
    }

    package var isLeader: Bool { leader == header.member }

    /// The alarms this member knows of, of all members. Unlike the alarm call this needs no quorum.
    package var alarms: [Alarm] { errors.compactMap(Alarm.init(inStatus:)) }
}

extension MemberStatus {
    init(_ wire: WireStatusResponse) {
        self.init(
            header: ResponseHeader(wire.header), version: wire.version,
            storageVersion: wire.storageVersion.isEmpty ? nil : wire.storageVersion, databaseSize: wire.dbSize,
            databaseSizeInUse: wire.dbSizeInUse, databaseQuota: wire.dbSizeQuota == 0 ? nil : wire.dbSizeQuota,
            leader: wire.leader == 0 ? nil : MemberID(rawValue: wire.leader), raftTerm: wire.raftTerm,
            raftIndex: wire.raftIndex, raftAppliedIndex: wire.raftAppliedIndex, isLearner: wire.isLearner,
            errors: wire.errors)
    }
}
