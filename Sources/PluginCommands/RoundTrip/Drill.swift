import EtcdRecoverModel
import KubernetesClient

/// A backup, and its restore into a scratch cluster.
struct Drill: Sendable {
    var client: KubernetesClient
    var console: Console
    /// The API server says again what the rules said here.
    var warnings: ShownWarnings
    /// Of each half.
    var limit: Duration
    var allowLocalEndpoints: Bool
    /// For the commands that hints name.
    var flags: String

    func run(_ backup: EtcdBackup, _ restore: EtcdRestore) async throws -> DrillReport {
        let start = ContinuousClock.now
        let backedUp = try await complete(backup)
        let middle = ContinuousClock.now
        let restored = try await complete(restore)
        return DrillReport(
            backup: backedUp, restore: restored, backupTime: middle - start,
            restoreTime: ContinuousClock.now - middle)
    }

    /// Creates the object and waits for its end, which has to be good.
    private func complete<Kind: Job>(_ object: Kind) async throws -> Kind {
        let name = object.metadata.name ?? ""
        var creation = Creation(object: object)
        creation.options.allowLocalEndpoints = allowLocalEndpoints
        let findings = try await creation.findings(asking: ClusterLookup(client))
        try Creation<Kind>.judge(findings, name: name, warnings: warnings, console: console)
        _ = try await creation.send(to: client, dryRun: false)
        let subject = "\(Kind.commandName)/\(name)"
        let wait = JobWait<Kind>(
            client: client, name: name, goal: .phase("Completed"), timeout: limit + .seconds(120), flags: flags)
        let ending = try await wait.run(reporting: ProgressLine(subject, on: console))
        _ = try ending.outcome(subject, goal: wait.goal, timeout: wait.timeout, flags: flags)
        return try await client.get(name: name)
    }

    /// Deletes what the drill has made, each by its UID: the scratch cluster with its volumes, then the records. The
    /// snapshot goes with its record.
    func clean(_ report: DrillReport) async throws {
        let cluster: EtcdCluster = try await client.get(name: report.scratch)
        guard cluster.metadata.annotations?[Self.lineage] == report.restore.metadata.uid else {
            throw CommandFailure(
                "EtcdCluster \(report.scratch) is not the one that was restored here",
                hint:
                    "nothing was deleted: delete EtcdRestore and EtcdBackup \(report.backup.metadata.name ?? "") yourself"
            )
        }
        try await delete(cluster)
        let claims = try await client.list(
            PersistentVolumeClaim.self, in: .namespace(client.configuration.namespace)
        ).items.filter { $0.metadata.name?.hasPrefix("etcd-data-\(report.scratch)-") == true }
        for claim in claims { try await delete(claim) }
        try await delete(report.restore)
        try await delete(report.backup)
        console.note("deleted the scratch cluster, its snapshot and both records")
    }

    static let lineage = "etcdrecover.operator.etcd.io/restore-uid"

    private func delete<R: KubernetesResource>(_ object: R) async throws {
        do {
            try await client.delete(
                R.self, name: object.metadata.name ?? "",
                options: DeleteOptions(uid: object.metadata.uid, propagation: .background))
        } catch let error as KubernetesError where error.isNotFound {
            // It went with its owner.
        }
    }
}
