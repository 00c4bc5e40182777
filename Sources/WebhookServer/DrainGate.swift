import Logging
import ServiceLifecycle

/// Holds the listeners open for a while after a shutdown began, until endpoints and load balancers have heard of it.
///
/// Listed last, it is shut down first.
struct DrainGate: Service {
    let readiness: Readiness
    let duration: Duration
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        readiness.drain()
        logger.notice("shutting down: not ready, serving for another \(duration)")
        try await Task.sleep(for: duration)
    }
}
