package import CoreMetrics
import EtcdRecoverModel
package import KubernetesClient
package import Logging
package import ObjectStore
import ServiceLifecycle

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

    /// A part takes 8 MiB and more of memory while it is on its way. Who is alone may have several; with several on their
    /// way, the network is busy as it is.
    private static func parallelParts(beside running: Int) -> Int { running > 1 ? 1 : 3 }

    /// What each metric means, for expositions.
    package static let metricsHelp = BackupMetrics.help

    private let settings: Settings
    private let client: KubernetesClient
    private let queue: WorkQueue<ObjectName>
    private let backups: ObjectCache<EtcdBackup>
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
        self.settings = settings
        self.client = client
        self.logger = logger
        let queue = WorkQueue<ObjectName>()
        self.queue = queue
        backups = ObjectCache(client, in: settings.scope, logger: logger) { queue.add($0) }
        clusters = ObjectCache(client, in: settings.scope, logger: logger)
        transfers = Transfers(places: settings.concurrentTransfers) { queue.add($0) }
        metrics = BackupMetrics(factory: factory)
        let stores = DestinationStores(client: client, environment: environment, logger: logger) { [transfers] in
            Self.parallelParts(beside: transfers.count.running)
        }
        let retention = Retention(client: client, backups: backups, logger: logger)
        reconciler = BackupReconciler(
            client: client, cache: backups, transfers: transfers,
            transfer: BackupTransfer(
                client: client, stores: stores, dial: settings.dial, retention: retention, logger: logger),
            removal: SnapshotRemoval(stores: stores, retention: retention),
            lookup: CachedLookup(
                clusters: clusters, backups: backups, live: ClusterLookup(client, perCall: .seconds(10))),
            policy: settings.policy,
            recorder: EventRecorder(client, component: "etcdrecover-controller", instance: instance),
            metrics: metrics, logger: logger)
    }

    /// Runs until shut down gracefully, which lets what is being written be written and ends transfers with nothing left
    /// behind, or until cancelled, which ends everything at once. Once only.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await backups.run() }
                group.addTask { try await clusters.run() }
                group.addTask { try await resync() }
                group.addTask { try await observe() }
                // Not for the clusters: whoever misses one there asks the API server.
                try await backups.waitUntilListed()
                countWhatIsThere()
                logger.notice("caches are filled", metadata: ["backups": "\(backups.names.count)"])
                await queue.run(limit: settings.workers) { await reconciler.reconcile($0) }
                await transfers.stop()
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        } onGracefulShutdown: {
            logger.notice("shutting down: no new work")
            queue.close()
            backups.stopWaiting()
        }
        try Task.checkCancellation()
    }

    private func resync() async throws {
        while true {
            try await Task.sleep(for: settings.resync)
            for name in backups.names { queue.add(name) }
        }
    }

    private func observe() async throws {
        while true {
            let count = transfers.count
            metrics.observe(waiting: count.waiting, running: count.running, queued: queue.depth)
            try await Task.sleep(for: .seconds(5))
        }
    }

    private func countWhatIsThere() {
        let ended = backups.all.compactMap { backup in backup.status?.completionTime?.date.map { ($0, backup) } }
        for (_, backup) in ended.sorted(by: { $0.0 < $1.0 }) { metrics.observe(backup) }
    }
}
