import Logging
import ServiceLifecycle

/// Asks the API server for a sign of life until it gives one: a webhook that could not look anything up is not ready.
struct APIProbe: Service {
    let readiness: Readiness
    let interval: Duration
    let logger: Logger
    let reach: @Sendable () async throws -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await reach()
                    readiness.reachedAPI()
                    break
                } catch {
                    logger.warning("the API server was not reached: \(error)")
                }
                try? await Task.sleep(for: interval)
            }
        }
        // A service that returns before shutdown would end the group.
        try? await gracefulShutdown()
    }
}
