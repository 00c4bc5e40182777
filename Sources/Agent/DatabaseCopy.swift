package import EtcdRecoverModel
import FoundationEssentials
package import Logging
package import ObjectStore
import SnapshotFile

/// Puts the database of a member whose etcd does not run into a store, as a snapshot that a recovery starts from. Runs in a
/// pod of its own beside the member, before anything is stopped: the member's files are read, and never changed.
package struct DatabaseCopy: Sendable {
    let environment: AgentEnvironment
    let store: ObjectStore
    let logger: Logger

    package init(environment: AgentEnvironment, store: ObjectStore, logger: Logger) {
        self.environment = environment
        self.store = store
        self.logger = logger
    }

    /// Cancelling the task ends it, and leaves nothing behind in the store.
    package func run() async throws(AgentFailure) -> AgentReport {
        let directory = environment.identity.dataDirectory
        do {
            let member = try StoppedMember(
                directory: directory, walDirectory: environment.identity.walDirectory, needsLog: false)
            return try await save(member, as: try ObjectKey(environment.order.key))
        } catch {
            throw failure(error, from: directory)
        }
    }

    private func save(_ member: StoppedMember, as key: ObjectKey) async throws -> AgentReport {
        // All of it, before a byte is sent: it may be what made its etcd end.
        let verification = try await Verification(of: member.database)
        guard verification.isSound else {
            let first = verification.findings.list.first { $0.severity == .error }
            throw AgentFailure(
                .snapshotCorrupt,
                "\(member.databasePath) is damaged in \(verification.findings.errors) places"
                    + (first.map { ", for one: \($0)" } ?? ""))
        }
        let keyspace = try Keyspace(member.database)
        let hash = try HashKV(of: keyspace)
        let keys = try LiveCount(in: keyspace).keys
        let image = try StoppedMemberImage(member)
        let pod = "\(environment.pod.base)-\(environment.pod.ordinal)"
        let metadata = ObjectMetadata(
            cluster: "\(environment.order.restore.namespace)/\(environment.pod.base)", member: pod,
            etcdVersion: member.metadata.storageVersion, revision: hash.revision, time: Date())
        logger.info("saving \(member.databasePath)", metadata: ["bytes": "\(image.count)"])
        do {
            _ = try await store.put(image, at: key, length: Int64(image.count), metadata: metadata) { _ in metadata }
        } catch StoreError.exists(let place) {
            // From a run that ended before anybody had read its report. The store has it whole or not at all.
            guard try await store.head(key).metadata?.member == pod else { throw StoreError.exists(place) }
        }
        var report = AgentReport(
            .saved,
            message: "\(member.databasePath) of \(pod) is saved as \(store.uri(key)): \(keys) keys at revision "
                + "\(hash.revision)")
        report.saved = AgentReport.Saved(
            revision: hash.revision, keys: Int64(keys), keyspaceHash: Int64(hash.hash),
            compactRevision: hash.compactRevision > 0 ? hash.compactRevision : nil)
        switch member.log {
        case .applied: report.missingEntries = 0
        case .ahead(_, let missing): report.missingEntries = Int64(clamping: missing.count)
        case .behind:
            report.warnings = ["\(member.walDirectory) ends before the database does: it is not its log"]
        case .unreadable(let reason):
            report.warnings = ["how many entries only the log had cannot be told: \(reason)"]
        }
        return report
    }

    private func failure(_ error: any Error, from directory: String) -> AgentFailure {
        switch error {
        case let error as StoppedMemberError:
            switch error {
            case .running: AgentFailure(.memberRuns, "\(error)")
            case .noDatabase: AgentFailure(.snapshotNotFound, "\(error)")
            }
        case MappingError.locked: AgentFailure(.memberRuns, "\(error)")
        // What is not there is the bucket, and what is damaged was so on its way.
        case StoreError.notFound, StoreError.noBucket: AgentFailure(.bucketNotFound, "\(error)")
        case StoreError.exists, StoreError.damaged, StoreError.wrongSize, StoreError.outcomeUnknown:
            AgentFailure(.storeRefused, "\(error)")
        default: AgentFailure(error, from: "\(directory)/member/snap/db")
        }
    }
}
