import Admission
package import EtcdRecoverModel
package import Logging
package import ServiceLifecycle

/// The admission webhook: a TLS listener for reviews, a plain one for health, and whatever keeps the certificates.
package struct Webhook: Sendable {
    package struct Settings: Sendable {
        package var reviews = ListenAddress(host: "0.0.0.0", port: 10250)
        package var health = ListenAddress(host: "0.0.0.0", port: 8080)
        /// Whose certificates those who ask for reviews must present; nil: anybody may ask.
        package var clientAuthorities: ClientAuthorities?
        package var options = RuleOptions()
        /// Of the init container that lays a restored member's data; nil refuses all pods that a restore waits for.
        package var agentImage: String?
        /// How long to go on serving once told to stop.
        package var drain: Duration = .seconds(5)

        package init() {}
    }

    let settings: Settings
    let lookup: any Lookup
    let certificates: ServingCertificates
    let metrics: WebhookMetrics
    let readiness: Readiness
    let logger: Logger
    /// Told the port of each listener once it is open.
    let onListening: @Sendable (Port) -> Void

    package enum Port: Hashable, Sendable {
        case reviews(Int)
        case health(Int)
    }

    package init(
        settings: Settings, lookup: any Lookup, certificates: ServingCertificates, metrics: WebhookMetrics,
        logger: Logger, onListening: @escaping @Sendable (Port) -> Void = { _ in }
    ) {
        self.settings = settings
        self.lookup = SharedLookup(lookup)
        self.certificates = certificates
        self.metrics = metrics
        self.readiness = Readiness(certificates: certificates)
        self.logger = logger
        self.onListening = onListening
    }

    /// In dependency order; shut down from the last to the first. `reach` asks the API server for a sign of life.
    package func services(
        certificateSource: any Service, reach: @escaping @Sendable () async throws -> Void
    ) -> [any Service] {
        [
            healthListener,
            certificateSource,
            APIProbe(readiness: readiness, interval: .seconds(2), logger: logger, reach: reach),
            reviewListener,
            DrainGate(readiness: readiness, duration: settings.drain, logger: logger),
        ]
    }

    private var reviewListener: Listener {
        let endpoint = AdmissionEndpoint(
            admission: Admission(options: settings.options),
            injection: MemberInjection(image: settings.agentImage), lookup: lookup, metrics: metrics,
            log: DecisionLog(logger: logger), readiness: readiness, budget: BodyBudget())
        return Listener(
            address: settings.reviews, limits: ConnectionLimits(),
            identity: HandshakeIdentity(certificates, metrics: metrics, clientAuthorities: settings.clientAuthorities),
            metrics: metrics, logger: serverLogger,
            onListening: { port in
                readiness.listening()
                logger.notice("serving reviews on \(ListenAddress(host: settings.reviews.host, port: port))")
                onListening(.reviews(port))
            }, respond: endpoint.respond)
    }

    private var healthListener: Listener {
        let endpoint = HealthEndpoint(
            reasonsAgainst: { readiness.reasonsAgainst }, exposition: { metrics.exposition() })
        return Listener(
            address: settings.health, limits: .health, identity: nil, metrics: metrics,
            logger: serverLogger,
            onListening: { port in onListening(.health(port)) }, respond: endpoint.respond)
    }

    /// Connections come and go without a line, unless somebody debugs.
    private var serverLogger: Logger {
        var logger = logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}
