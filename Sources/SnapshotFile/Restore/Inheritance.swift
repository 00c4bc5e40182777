/// What the restored cluster takes over from the one that the snapshot is of.
package struct Inheritance: Hashable, Sendable {
    /// Still active unless they were disarmed.
    package let alarms: [Alarm]
    package let isAuthEnabled: Bool
    /// Of the old cluster; none of them is a member of the new one.
    package let oldMembers: [StoredMember]
    package let storageVersion: String?
    package let clusterVersion: String?
    package let liveKeys: Int
    /// Keys that go when their leases expire, which start anew.
    package let leasedKeys: Int
    /// Keys that only an API server with the old encryption configuration can read.
    package let encryptedKeys: Int
    /// Whether keys of a Kubernetes API server were seen at the beginning of the history.
    package let isKubernetes: Bool
    package let missingEntries: MissingEntries?

    /// Verifies the whole source on the way. Throws `RestoreError.damaged`.
    init(of plan: RestorePlan) async throws {
        let (source, path) = (plan.source, plan.request.snapshot)
        // Damage that a hash cannot show: what the member streamed may have been broken already.
        var tree = TreeCheck(source, limit: 100)
        tree.run()
        guard tree.findings.errors == 0 else {
            throw RestoreError.damaged(path, tree.findings.list.filter { $0.severity == .error })
        }
        try Task.checkCancellation()
        do {
            let keyspace = try Keyspace(source)
            let live = try LiveCount(in: keyspace)
            liveKeys = live.keys
            leasedKeys = live.leased
            encryptedKeys = live.encrypted
            isKubernetes = try Self.looksLikeKubernetes(keyspace)
        } catch let finding as Finding {
            throw RestoreError.damaged(path, [finding])
        }
        alarms = plan.metadata.alarms
        isAuthEnabled = plan.metadata.isAuthEnabled
        oldMembers = plan.metadata.members
        storageVersion = plan.metadata.storageVersion
        clusterVersion = plan.metadata.clusterVersion
        missingEntries = try MissingEntries(of: plan)
    }

    private static func looksLikeKubernetes(_ keyspace: Keyspace) throws -> Bool {
        var cursor = keyspace.cursor()
        let prefix = Array("/registry/".utf8)
        for _ in 0..<10_000 {
            guard let entry = try cursor.next() else { return false }
            if try KeyValue.key(of: entry).starts(with: prefix) { return true }
        }
        return false
    }
}
