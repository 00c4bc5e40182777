package import CoreMetrics
import EtcdRecoverModel
package import KubernetesClient
package import Logging
package import ObjectStore
import ServiceLifecycle

/// Runs EtcdRestores to their end, for as long as this process leads.
package struct RestoreController: Sendable {
    package struct Settings: Sendable {
        package var policy = RestorePolicy()
        package var resync = Duration.seconds(600)
        /// Objects that are looked at at a time.
        package var workers = 8
        package var scope = Scope.allNamespaces
        package var dial = MemberDial.advertised

        package init() {}
    }

    /// What each metric means, for expositions.
    package static let metricsHelp = RestoreMetrics.help

    private let settings: Settings
    private let queue: WorkQueue<ObjectName>
    private let restores: ObjectCache<EtcdRestore>
    private let reconciler: RestoreReconciler
    private let logger: Logger

    /// `instance` names this process in Events.
    package init(
        _ client: KubernetesClient, settings: Settings, stores environment: CredentialEnvironment,
        metrics factory: any MetricsFactory, instance: String, logger: Logger
    ) {
        self.settings = settings
        self.logger = logger
        let queue = WorkQueue<ObjectName>()
        self.queue = queue
        restores = ObjectCache(client, in: settings.scope, logger: logger) { queue.add($0) }
        reconciler = RestoreReconciler(
            client: client, cache: restores,
            stores: DestinationStores(client: client, environment: environment, logger: logger), dial: settings.dial,
            lookup: ClusterLookup(client, perCall: .seconds(10)), policy: settings.policy,
            events: EventRecorder(client, component: "etcdrecover-controller", instance: instance),
            metrics: RestoreMetrics(factory: factory), logger: logger)
    }

    /// Runs until shut down gracefully, which lets what is being written be written, or until cancelled. Once only.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await restores.run() }
                try await restores.waitUntilListed()
                group.addTask { try await resync() }
                await queue.run(limit: settings.workers) { await reconciler.reconcile($0) }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
        } onGracefulShutdown: {
            queue.close()
            restores.stopWaiting()
        }
        try Task.checkCancellation()
    }

    private func resync() async throws {
        while true {
            // What a controller before us may have left armed.
            do { try await reconciler.sweep() } catch let error as KubernetesError {
                logger.warning("no sweep: \(error)")
            }
            try await Task.sleep(for: settings.resync)
            for name in restores.names { queue.add(name) }
        }
    }
}
