package import CoreMetrics
import EtcdRecoverModel
package import KubernetesClient
package import Logging
package import ObjectStore

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

    private let loop: ControlLoop<EtcdRestore>
    private let reconciler: RestoreReconciler

    /// `instance` names this process in Events.
    package init(
        _ client: KubernetesClient, settings: Settings, stores environment: CredentialEnvironment,
        metrics factory: any MetricsFactory, instance: String, logger: Logger
    ) {
        loop = ControlLoop(
            client, in: settings.scope, workers: settings.workers, resync: settings.resync, logger: logger)
        reconciler = RestoreReconciler(
            client: client, cache: loop.objects,
            stores: DestinationStores(client: client, environment: environment, logger: logger), dial: settings.dial,
            lookup: ClusterLookup(client, perCall: .seconds(10)), policy: settings.policy,
            events: EventRecorder(client, component: "etcdrecover-controller", instance: instance),
            metrics: RestoreMetrics(factory: factory), logger: logger)
    }

    /// Runs until shut down gracefully, which lets what is being written be written, or until cancelled. Once only.
    package func run() async throws {
        try await loop.run(reconcile: { await reconciler.reconcile($0) }, sweep: { try await reconciler.sweep() })
    }
}
