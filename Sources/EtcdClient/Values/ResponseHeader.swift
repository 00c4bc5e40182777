/// What every answer says of the member that gave it.
package struct ResponseHeader: Hashable, Sendable {
    package var cluster: ClusterID
    package var member: MemberID
    /// The newest of this member's keyspace.
    package var revision: Revision
    package var raftTerm: UInt64

    package init(cluster: ClusterID, member: MemberID, revision: Revision, raftTerm: UInt64) {
        self.cluster = cluster
        self.member = member
        self.revision = revision
        self.raftTerm = raftTerm
    }

    init(_ wire: WireResponseHeader) {
        self.init(
            cluster: ClusterID(rawValue: wire.clusterID), member: MemberID(rawValue: wire.memberID),
            revision: Revision(rawValue: wire.revision), raftTerm: wire.raftTerm)
    }
}
