package import Logging
import ServiceLifecycle

/// `/healthz`, `/readyz` and `/metrics` for a program that serves nothing else.
package struct HealthServer: Service {
    private let listener: Listener

    /// `reasonsAgainst` is empty when the program is ready.
    package init(
        address: ListenAddress, registry: PrometheusRegistry, logger: Logger,
        reasonsAgainst: @escaping @Sendable () -> [String]
    ) {
        let process = ProcessMetrics(factory: registry)
        let endpoint = HealthEndpoint(reasonsAgainst: reasonsAgainst) {
            process.update()
            return registry.exposition()
        }
        var quiet = logger
        if quiet.logLevel == .info { quiet.logLevel = .notice }
        listener = Listener(
            address: address, limits: .health, identity: nil, metrics: nil, logger: quiet,
            onListening: { logger.notice("serving health on \(ListenAddress(host: address.host, port: $0))") },
            respond: endpoint.respond)
    }

    package func run() async throws { try await listener.run() }
}
