import EtcdClient
import EtcdRecoverModel
import Logging

/// What a member says of one revision, which it has to read all it has for. Nothing where it cannot tell, as once it has
/// compacted that revision away.
struct SnapshotMeasurement: Sendable {
    var revision: Int64
    var hash: KeyspaceHash?
    var keys: Int64?

    init(of member: EtcdClient, at revision: Int64, _ logger: Logger) async {
        self.revision = revision
        // etcd counts from 1; a keyspace that nothing was ever written to names no revision, and 0 would mean the newest.
        let revision = Revision(rawValue: max(1, revision))
        let member = member.within(.seconds(60))
        do { hash = try await member.hashKV(at: revision) } catch {
            logger.warning("no HashKV at revision \(revision): \(error)")
        }
        do { keys = try await member.count(.all, at: revision, isSerializable: true) } catch {
            logger.warning("no number of keys at revision \(revision): \(error)")
        }
    }

    /// Beside a snapshot whose stream has begun, for a member that was at the revision `before` when it had not: where it is
    /// there still, nothing was written between, and that is the snapshot's revision. Nil where the end has to be waited for.
    static func beside(
        _ member: EtcdClient, since before: Revision, _ logger: Logger
    ) async -> SnapshotMeasurement? {
        guard let status = try? await member.status(), status.header.revision == before else { return nil }
        let measured = await SnapshotMeasurement(of: member, at: before.rawValue, logger)
        return measured.hash != nil && measured.keys != nil ? measured : nil
    }
}

extension EtcdBackup.Snapshot {
    mutating func note(_ measured: SnapshotMeasurement) {
        keyspaceHash = measured.hash.map { Int64($0.hash) }
        compactRevision = measured.hash?.compactRevision?.rawValue
        totalKeys = measured.keys
    }
}
