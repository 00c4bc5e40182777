package import CoreMetrics
import EtcdRecoverModel
package import KubernetesClient
package import Logging
package import ObjectStore

/// Runs EtcdBackups to their end, for as long as this process leads.
package struct BackupController: Sendable {
    package struct Settings: Sendable {
        package var policy = BackupPolicy()
        /// Snapshots on their way at a time.
        package var concurrentTransfers = 4
        /// How often everything is looked at again, whether or not the API server told of a change.
        package var resync = Duration.seconds(600)
        /// Objects that are looked at at a time.
        package var workers = 8
        package var scope = Scope.allNamespaces
        package var dial = MemberDial.advertised

        package init() {}
    }

    /// Bytes of all snapshots that are held on their way: six parts of S3's, of which one snapshot alone has four.
    private static let memory = 56 << 20

    /// What each metric means, for expositions.
    package static let metricsHelp = BackupMetrics.help

    private let loop: ControlLoop<EtcdBackup>
    private let clusters: ObjectCache<EtcdCluster>
    let transfers: Transfers<BackupStage, BackupRecord>
    private let reconciler: BackupReconciler
    private let metrics: BackupMetrics
    private let logger: Logger

    /// `instance` names this process in Events.
    package init(
        _ client: KubernetesClient, settings: Settings, stores environment: CredentialEnvironment,
        metrics factory: any MetricsFactory, instance: String, logger: Logger
    ) {
        self.logger = logger
        loop = ControlLoop(
            client, in: settings.scope, workers: settings.workers, resync: settings.resync, logger: logger)
        let (backups, queue) = (loop.objects, loop.queue)
        clusters = ObjectCache(client, in: settings.scope, logger: logger)
        transfers = Transfers(places: settings.concurrentTransfers) { queue.add($0) }
        metrics = BackupMetrics(factory: factory)
        let stores = DestinationStores(
            client: client, environment: environment, logger: logger, memory: PartMemory(bytes: Self.memory))
        let retention = Retention(client: client, backups: backups, logger: logger)
        reconciler = BackupReconciler(
            cache: backups,
            reporter: Reporter(
                client: client, cache: backups,
                events: EventRecorder(client, component: "etcdrecover-controller", instance: instance)),
            transfers: transfers,
            transfer: BackupTransfer(
                client: client, stores: stores, dial: settings.dial, retention: retention, logger: logger),
            removal: SnapshotRemoval(stores: stores, retention: retention),
            lookup: CachedLookup(
                clusters: clusters, backups: backups, live: ClusterLookup(client, perCall: .seconds(10))),
            policy: settings.policy, metrics: metrics, logger: logger)
    }

    /// Runs until shut down gracefully, which lets what is being written be written and ends transfers with nothing left
    /// behind, or until cancelled, which ends everything at once. Once only.
    package func run() async throws {
        try await loop.run(
            reconcile: { await reconciler.reconcile($0) }, onListed: countWhatIsThere,
            onEnd: { await transfers.stop() },
            // Nobody waits for the clusters: whoever misses one there asks the API server.
            beside: [{ try await clusters.run() }, observe])
    }

    private func observe() async throws {
        while true {
            let count = transfers.count
            metrics.observe(waiting: count.waiting, running: count.running, queued: loop.queue.depth)
            try await Task.sleep(for: .seconds(5))
        }
    }

    private func countWhatIsThere() {
        logger.notice("caches are filled", metadata: ["backups": "\(loop.objects.names.count)"])
        let ended = loop.objects.all.compactMap { backup in backup.status?.completionTime?.date.map { ($0, backup) } }
        for (_, backup) in ended.sorted(by: { $0.0 < $1.0 }) { metrics.observe(backup) }
    }
}
