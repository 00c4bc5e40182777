package import CoreMetrics
import EtcdRecoverModel
package import KubernetesClient
package import Logging
package import ObjectStore

/// Watches over the quorum of clusters and runs EtcdRecoveries to their end, for as long as this process leads.
package struct RecoveryController: Sendable {
    package struct Settings: Sendable {
        package var policy = RecoveryPolicy()
        package var resync = Duration.seconds(600)
        /// Between two looks at the quorum of each cluster; nil looks at none by itself.
        package var detection: Duration? = .seconds(12)
        /// For recoveries that are found to be needed; nil: the default.
        package var gracePeriod: String?
        /// Objects that are looked at at a time.
        package var workers = 4
        package var scope = Scope.allNamespaces
        package var dial = MemberDial.advertised
        /// For rescue copies that no object store takes; nil: there has to be one.
        package var rescue: RescueVolume?
        /// Ours, for pods that read the volumes of members whose etcd does not run; nil: none is made.
        package var agentImage: String?

        package init() {}
    }

    /// What each metric means, for expositions.
    package static let metricsHelp = RecoveryMetrics.help

    private let settings: Settings
    private let loop: ControlLoop<EtcdRecovery>
    private let clusters: ObjectCache<EtcdCluster>
    private let reconciler: RecoveryReconciler
    private let detector: QuorumDetector
    private let metrics: RecoveryMetrics
    private let logger: Logger

    /// `instance` names this process in Events.
    package init(
        _ client: KubernetesClient, settings: Settings, stores environment: CredentialEnvironment,
        metrics factory: any MetricsFactory, instance: String, logger: Logger
    ) {
        self.settings = settings
        self.logger = logger
        loop = ControlLoop(
            client, in: settings.scope, workers: settings.workers, resync: settings.resync, slowest: .seconds(30),
            logger: logger)
        let recoveries = loop.objects
        clusters = ObjectCache(client, in: settings.scope, logger: logger)
        metrics = RecoveryMetrics(factory: factory)
        let stores = DestinationStores(client: client, environment: environment, logger: logger)
        let tokens = HeldTokens()
        let survey = ClusterSurvey(client: client, dial: settings.dial, tokens: tokens)
        let injection = InjectionSwitch(client: client)
        reconciler = RecoveryReconciler(
            cache: recoveries,
            reporter: Reporter(
                client: client, cache: recoveries,
                events: EventRecorder(client, component: "etcdrecover-controller", instance: instance)),
            survey: survey,
            copies: RescueCopies(
                client: client, stores: stores, volume: settings.rescue, dial: settings.dial, tokens: tokens,
                logger: logger),
            volumes: VolumeCopies(client: client, stores: stores, image: settings.agentImage, logger: logger),
            stop: ClusterStop(client: client, injection: injection, logger: logger),
            verification: RecoveryVerification(client: client, dial: settings.dial),
            entries: RecoveryEntries(client: client, injection: injection),
            destinations: RescueDestination(client: client, volume: settings.rescue?.server), policy: settings.policy,
            metrics: metrics, logger: logger)
        detector = QuorumDetector(
            client: client, clusters: clusters, recoveries: recoveries,
            probe: QuorumProbe(client: client, dial: settings.dial, tokens: tokens), survey: survey,
            scope: settings.scope,
            gracePeriod: settings.gracePeriod, tokens: tokens, metrics: metrics, logger: logger)
    }

    /// Who opens the copies on the controller's volume, while this one runs.
    /// - Parameter client: for reviews of tokens.
    package func reader(of volume: RescueVolume, asking client: KubernetesClient) -> RescueReader {
        RescueReader(recoveries: loop.objects, volume: volume, client: client, logger: logger)
    }

    /// Runs until shut down gracefully, which lets what is being written be written, or until cancelled. Once only.
    package func run() async throws {
        var tasks: [@Sendable () async throws -> Void] = [observe]
        if let interval = settings.detection {
            tasks += [{ try await clusters.run() }, { try await detector.run(every: interval) }]
        }
        try await loop.run(
            reconcile: { await reconciler.reconcile($0) }, sweep: { try await reconciler.entries.sweep() },
            beside: tasks)
    }

    private func observe() async throws {
        while true {
            metrics.observe(loop.objects.all)
            try await Task.sleep(for: .seconds(5))
        }
    }
}
