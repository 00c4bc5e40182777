import EtcdRecoverModel
import SnapshotFile

extension AgentReport {
    /// - Parameter source: what was laid, as people know it.
    init(_ member: RestoredMember, from source: String) {
        let bump =
            member.revision == member.snapshotRevision
            ? "" : ", raised from \(member.snapshotRevision), everything before is marked as compacted"
        self.init(
            .restored,
            message:
                "restored \(source) as member \(member.membership.local.name): \(member.inherited.liveKeys) keys "
                + "at revision \(member.revision)\(bump)")
        self.member = Member(
            name: member.membership.local.name, id: member.membership.local.id.description,
            clusterID: member.membership.clusterID.description, revision: member.revision,
            snapshotRevision: member.snapshotRevision, keys: Int64(member.inherited.liveKeys))
        inherited = Inherited(
            authEnabled: member.inherited.isAuthEnabled,
            alarms: member.inherited.alarms.map { "\($0.kind)" },
            encryptedValues: Int64(member.inherited.encryptedKeys), leasedKeys: Int64(member.inherited.leasedKeys))
        warnings = member.warnings.isEmpty ? nil : member.warnings
    }

    package init(_ failure: AgentFailure) {
        self.init(.failed, reason: failure.reason, message: failure.message)
    }
}
