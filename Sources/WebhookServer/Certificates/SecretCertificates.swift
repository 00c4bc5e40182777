import FoundationEssentials
package import Logging
import ServiceLifecycle

/// Serves a certificate that somebody else, usually cert-manager, keeps in a Secret of type `kubernetes.io/tls`.
///
/// It is read from the API rather than mounted: a volume lags by up to a minute or two.
package struct SecretCertificates<Store: CertificateStore>: Service {
    /// Namespace and name, for messages.
    let name: String
    let store: Store
    let serving: ServingCertificates
    let interval: Duration
    let clocks: Clocks
    let logger: Logger

    package init(
        name: String, store: Store, serving: ServingCertificates, interval: Duration = .seconds(10),
        clocks: Clocks = .system(), logger: Logger
    ) {
        self.name = name
        self.store = store
        self.serving = serving
        self.interval = interval
        self.clocks = clocks
        self.logger = logger
    }

    /// Until graceful shutdown or cancellation. A Secret that cannot be read is logged; what is served stays.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var intake = CertificateIntake(source: "Secret \(name)", serving: serving, logger: logger)
            while !Task.isCancelled {
                do {
                    let data = try await store.read().data
                    intake.offer(
                        chainPEM: data[SecretKey.leaf] ?? [], keyPEM: data[SecretKey.leafKey] ?? [], now: clocks.now())
                } catch {
                    if Task.isCancelled { return }
                    logger.error("Secret \(name) was not read; what is served stays: \(error)")
                }
                do { try await clocks.pause(about: interval) } catch { return }
            }
        }
    }
}
