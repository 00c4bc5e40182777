import ArgumentParser
import Cryptography
import EtcdRecoverModel
import KubernetesClient
import Logging
import ServiceLifecycle
import UnixSignals
import WebhookServer

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Serve admission reviews of EtcdBackups, EtcdRestores and EtcdRecoveries",
        discussion: "Durations are Go durations: 10s, 5m, 2160h.")

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Certificates") var certificates: CertificateOptions
    @OptionGroup(title: "Rules") var rules: RuleFlags
    @OptionGroup(title: "Rules") var local: LocalEndpointOption
    @OptionGroup(title: "Restores") var injection: InjectionOptions
    @OptionGroup(title: "API server") var connection: ConnectionOptions
    @OptionGroup(title: "Logging") var logging: LoggingOptions

    func run() async throws {
        logging.bootstrap()
        let logger = Logger(label: "webhook")
        let client = try KubernetesClient(connection.load(as: "etcdrecover-webhook"))
        let serving = ServingCertificates()
        let source = try certificates.source(serving: serving, client: client, logger: logger)

        var settings = Webhook.Settings()
        settings.reviews = listening.listen
        settings.health = listening.healthListen
        settings.drain = listening.drainTimeout.duration
        settings.clientAuthorities = try certificates.clientCaFile.map { try ClientAuthorities(path: $0) }
        settings.options = rules.options(local)
        settings.agentImage = injection.agentImage
        if settings.agentImage == nil {
            settings.agentImage = try await OwnPod.image(of: "webhook", client, logger)
        }
        let webhook = Webhook(
            settings: settings,
            // Each review brings its own deadline.
            lookup: ClusterLookup(client, perCall: .seconds(30)),
            certificates: serving,
            metrics: WebhookMetrics(rules: RuleCatalogue.all.map(\.id)),
            logger: logger)
        logger.notice("etcdrecover webhook \(Version.current), API server \(client.configuration.server)")

        var configuration = ServiceGroupConfiguration(
            services: webhook.services(certificateSource: source, reach: { _ = try await client.serverVersion() }),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // A review is answered within 30 s; whatever is still open after that is nobody's.
        configuration.maximumGracefulShutdownDuration = settings.drain + .seconds(35)
        try await ServiceGroup(configuration: configuration).run()
        await client.shutdown()
    }
}

struct InjectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Image with this program, for the init container that a restore adds to its members' pods; default: the image "
                + "of the webhook's own pod. Without any such pods are refused", valueName: "image"))
    var agentImage: String?

    func validate() throws { try agentImage.map(OwnPod.check(image:)) }
}

struct ListeningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to serve reviews, over TLS", valueName: "address"))
    var listen = ListenAddress(host: "0.0.0.0", port: 10250)

    @Option(help: ArgumentHelp("Where to serve /healthz, /readyz and /metrics, in the clear", valueName: "address"))
    var healthListen = ListenAddress(host: "0.0.0.0", port: 8080)

    @Option(help: ArgumentHelp("How long to go on serving after SIGTERM, not ready", valueName: "duration"))
    var drainTimeout = GoDuration.seconds(5)

    func validate() throws {
        guard drainTimeout.duration >= .zero else { throw ValidationError("--drain-timeout must not be negative") }
    }
}

struct RuleFlags: ParsableArguments {
    enum LookupFailure: String, CaseIterable, ExpressibleByArgument {
        case deny, warn
    }

    @Option(help: "What to do with an object when something it depends on cannot be looked up")
    var lookupFailure = LookupFailure.deny

    func options(_ local: LocalEndpointOption) -> RuleOptions {
        RuleOptions(
            allowLocalEndpoints: local.allowLocalEndpoints,
            unavailableLookup: lookupFailure == .deny ? .error : .warning,
            loadsPrivateKey: { (try? PrivateKey(pem: Array($0.utf8))) != nil })
    }
}

struct LocalEndpointOption: ParsableArguments {
    @Flag(help: "Let endpoints name loopback and link-local addresses")
    var allowLocalEndpoints = false
}

struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Kubeconfig; in a pod, its service account needs none", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("Context of the kubeconfig", valueName: "name"))
    var context: String?

    func load(as program: String) throws -> ClientConfiguration {
        var flags = ConnectionFlags()
        flags.kubeconfig = kubeconfig
        flags.context = context
        return try ClientConfiguration.load(flags, userAgent: "\(program)/\(Version.current)")
    }
}

struct LoggingOptions: ParsableArguments {
    @Option(help: "How log lines look")
    var logFormat = LogFormat.json

    @Option(help: "The least severe lines to print")
    var logLevel = Logger.Level.info

    func bootstrap() {
        LoggingSystem.bootstrap { [logFormat, logLevel] _ in LineLogHandler(format: logFormat, level: logLevel) }
    }
}
