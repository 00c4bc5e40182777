import ArgumentParser
import Controllers
import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import Glibc
import HTTP
import KubernetesClient
import Logging
import ObjectStore
import ServiceLifecycle
import UnixSignals
import WebhookServer

struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run EtcdBackups, EtcdRestores and EtcdRecoveries to their end",
        discussion: "Durations are Go durations: 10s, 5m, 2160h.")

    @OptionGroup(title: "Leadership") var leadership: LeadershipOptions
    @OptionGroup(title: "Work") var work: WorkOptions
    @OptionGroup(title: "Quorum") var recovery: RecoveryOptions
    @OptionGroup(title: "Rescue copies") var rescue: RescueOptions
    @OptionGroup(title: "Rules") var rules: LocalEndpointOption
    @OptionGroup(title: "API server") var connection: ConnectionOptions
    @OptionGroup(title: "Logging") var logging: LoggingOptions

    func run() async throws {
        logging.bootstrap()
        let logger = Logger(label: "controller")
        let volume = try await rescue.open()
        var configuration = try connection.load(as: "etcdrecover-controller")
        // The lease does not stand in line with the work.
        let lease = try KubernetesClient(configuration)
        // As many at once as a backup needs, which else stands in line with itself for half a second.
        configuration.rate = RequestRate(perSecond: 18, burst: 20)
        let client = try KubernetesClient(configuration)
        // Nor do those whom anybody in the network can make it ask.
        configuration.rate = RequestRate(perSecond: 5, burst: 10)
        let reviews = try KubernetesClient(configuration)
        let http = try HTTPClient()
        let local = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        let identity = "\(processEnvironment()["POD_NAME"] ?? processEnvironment()["HOSTNAME"] ?? "controller")"

        let registry = PrometheusRegistry(
            help: BackupController.metricsHelp.merging(RestoreController.metricsHelp) { $1 }
                .merging(RecoveryController.metricsHelp) { $1 },
            buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])
        let controller = BackupController(
            client, settings: work.settings(rules), stores: CredentialEnvironment(http: http, local: local),
            metrics: registry, instance: identity, logger: logger)
        let restores = RestoreController(
            client, settings: work.restoreSettings(rules), stores: CredentialEnvironment(http: http, local: local),
            metrics: registry, instance: identity, logger: logger)
        var settings = work.recoverySettings(recovery, volume)
        settings.agentImage = try await recovery.image(client, logger)
        let recoveries = RecoveryController(
            client, settings: settings,
            stores: CredentialEnvironment(http: http, local: local),
            metrics: registry, instance: identity, logger: logger)
        let server = try volume.map { volume in
            try rescue.server(of: volume, asking: recoveries.reader(of: volume, asking: reviews), logger: logger)
        }
        let margin = leadership.margin
        let election = leadership.election(lease, identity: identity, logger: logger)
        logger.notice("etcdrecover controller \(Version.current), API server \(client.configuration.server)")

        var group = ServiceGroupConfiguration(
            services: [
                HealthServer(
                    address: work.healthListen, registry: registry, logger: logger, reasonsAgainst: { [] }),
                ControllerService(election: election, onLoss: { Self.leave(within: margin) }) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await controller.run() }
                        group.addTask { try await restores.run() }
                        group.addTask { try await recoveries.run() }
                        if let server { group.addTask { try await server.run() } }
                        try await group.waitForAll()
                    }
                },
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(25)
        try await ServiceGroup(configuration: group).run()
        await client.shutdown()
        await reviews.shutdown()
        await lease.shutdown()
        await http.shutdown()
        await local.shutdown()
    }

    /// Another leads soon: what has not stopped by then, however it hangs, is stopped.
    private static func leave(within margin: Duration) {
        // Nobody awaits it: it ends with the process, or ends the process.
        Task {
            try await Task.sleep(for: margin)
            Glibc.exit(1)
        }
    }
}

struct LeadershipOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Work only while holding a Lease, so that several may run and one works")
    var leaderElect = true

    @Option(help: ArgumentHelp("Of the Lease", valueName: "name"))
    var leaseName = "etcdrecover-controller"

    @Option(help: ArgumentHelp("Of the Lease; default: the pod's", valueName: "name"))
    var leaseNamespace: String?

    @Option(help: ArgumentHelp("How long the others wait for a leader that is silent", valueName: "duration"))
    var leaseDuration = GoDuration.seconds(15)

    /// From the moment that the lease was not renewed in time to the end of this process: less than others wait then.
    var margin: Duration { leaseDuration.duration / 5 }

    func validate() throws {
        guard leaseDuration >= .seconds(3) else { throw ValidationError("--lease-duration must be at least 3s") }
    }

    func election(_ client: KubernetesClient, identity: String, logger: Logger) -> LeaderElection? {
        guard leaderElect else { return nil }
        let duration = leaseDuration.duration
        return LeaderElection(
            client, namespace: leaseNamespace ?? client.configuration.namespace, name: leaseName,
            // A pod whose container starts anew keeps its name and is another process.
            identity: "\(identity)_\(String(UInt64.random(in: 0 ... .max), radix: 16))",
            timing: LeaseTiming(duration: duration, renewal: duration * 2 / 3, retry: duration / 7.5), logger: logger)
    }
}

struct RecoveryOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Look at the quorum of every EtcdCluster, and record where it is lost")
    var watchQuorum = true

    @Option(help: ArgumentHelp("Between two looks at the quorum of a cluster", valueName: "duration"))
    var quorumInterval = GoDuration.seconds(12)

    @Option(
        help: ArgumentHelp(
            "How long a majority has to be missing before its loss is recorded as one; default: 60s",
            valueName: "duration"))
    var quorumGracePeriod: GoDuration?

    @Option(
        help: ArgumentHelp(
            "Image with this program, for pods that read the volume of a member whose etcd does not run; default: the image "
                + "of the controller's own pod. Without any no such volume is read", valueName: "image"))
    var agentImage: String?

    func image(_ client: KubernetesClient, _ logger: Logger) async throws -> String? {
        if let agentImage { return agentImage }
        return try await OwnPod.image(of: "controller", client, logger)
    }

    func validate() throws {
        try agentImage.map(OwnPod.check(image:))
        guard quorumInterval >= .seconds(1) else { throw ValidationError("--quorum-interval must be at least 1s") }
    }
}

struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Snapshots on their way at a time", valueName: "count"))
    var concurrentTransfers = 4

    @Option(help: ArgumentHelp("How often every object is looked at again", valueName: "duration"))
    var resync = GoDuration.seconds(600)

    @Option(help: ArgumentHelp("The only namespace to work in; default: all", valueName: "name"))
    var watchNamespace: String?

    @Option(help: ArgumentHelp("Where to serve /healthz, /readyz and /metrics, in the clear", valueName: "address"))
    var healthListen = ListenAddress(host: "0.0.0.0", port: 8080)

    func validate() throws {
        guard (1...64).contains(concurrentTransfers) else {
            throw ValidationError("--concurrent-transfers must be 1 to 64")
        }
        guard resync >= .seconds(10) else { throw ValidationError("--resync must be at least 10s") }
    }

    func settings(_ rules: LocalEndpointOption) -> BackupController.Settings {
        var settings = BackupController.Settings()
        settings.concurrentTransfers = concurrentTransfers
        settings.resync = resync.duration
        if let watchNamespace { settings.scope = .namespace(watchNamespace) }
        settings.policy.rules.allowLocalEndpoints = rules.allowLocalEndpoints
        settings.policy.rules.loadsPrivateKey = { (try? PrivateKey(pem: Array($0.utf8))) != nil }
        return settings
    }

    func recoverySettings(
        _ recovery: RecoveryOptions, _ rescue: RescueVolume?
    ) -> RecoveryController.Settings {
        var settings = RecoveryController.Settings()
        settings.rescue = rescue
        settings.resync = resync.duration
        settings.detection = recovery.watchQuorum ? recovery.quorumInterval.duration : nil
        settings.gracePeriod = recovery.quorumGracePeriod?.description
        if let watchNamespace { settings.scope = .namespace(watchNamespace) }
        return settings
    }

    func restoreSettings(_ rules: LocalEndpointOption) -> RestoreController.Settings {
        var settings = RestoreController.Settings()
        settings.resync = resync.duration
        if let watchNamespace { settings.scope = .namespace(watchNamespace) }
        settings.policy.rules.allowLocalEndpoints = rules.allowLocalEndpoints
        settings.policy.rules.loadsPrivateKey = { (try? PrivateKey(pem: Array($0.utf8))) != nil }
        return settings
    }
}
