import Cryptography
import FoundationEssentials
package import Logging
import ServiceLifecycle

/// Makes, shares, publishes and renews the webhook's certificates, together with the other replicas.
///
/// Each pass observes, decides (`CertificateStep.next`) and acts, until there is nothing to do. Every write is
/// conditional on what was read, so replicas need no leader: the one that comes second looks again.
package struct SelfManagedCertificates<Store: CertificateStore, Publisher: CABundlePublisher>: Service {
    let store: Store
    let publisher: Publisher
    let serving: ServingCertificates
    let policy: CertificatePolicy
    let clocks: Clocks
    let logger: Logger

    package init(
        store: Store, publisher: Publisher, serving: ServingCertificates, policy: CertificatePolicy,
        clocks: Clocks = .system(), logger: Logger
    ) {
        self.store = store
        self.publisher = publisher
        self.serving = serving
        self.policy = policy
        self.clocks = clocks
        self.logger = logger
    }

    /// Until graceful shutdown or cancellation. A pass that fails is logged and repeated; what is served stays.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await repeatPasses() }
    }

    private func repeatPasses() async {
        var observations = BundleObservations()
        var latestHold: String?
        while !Task.isCancelled {
            do {
                let hold = try await pass(&observations)
                if let hold, hold != latestHold { logger.notice("waiting: \(hold)") }
                latestHold = hold
            } catch {
                if Task.isCancelled { return }
                logger.error("certificates were not checked; what is served stays: \(error)")
            }
            do { try await clocks.pause(about: policy.interval) } catch { return }
        }
    }

    /// A step at a time, and at most so many that two replicas at odds cannot spin.
    ///
    /// - Returns: what is being waited for, if anything.
    func pass(_ observations: inout BundleObservations) async throws -> String? {
        for _ in 0..<8 {
            let start = clocks.uptime()
            // The bundles first: a Secret read after them is never older than they are.
            let published = try await publisher.published()
            observations.record(published, at: clocks.uptime())
            let stored = try await store.read()
            let elapsed = clocks.uptime() - start
            guard elapsed <= max(policy.interval, .seconds(1)) else { throw StaleObservation(elapsed: elapsed) }
            let state = CertificateState(stored.data)
            serve(state.leaf, published, observations)

            let now = clocks.now()
            let step = CertificateStep.next(
                state: state, published: published, observed: observations, now: now, policy: policy)
            switch step {
            case .nothing: return nil
            case .hold(let reason): return reason
            case .publish(let bundle): try await publish(bundle, to: published)
            case .create, .issueLeaf, .stage, .switchToNext, .forget:
                guard
                    let change = try SecretChange.carryingOut(step, on: state, now: now, policy: policy),
                    case .written = try await store.write(change, at: stored.version)
                else { continue }
                logger.log(level: state.problems.isEmpty ? .notice : .warning, "certificates: \(step.summary)")
            }
        }
        return "the Secret or a webhook configuration keeps changing, or refuses our changes"
    }

    private func serve(
        _ identity: ServingIdentity?, _ published: [WebhookConfiguration], _ observations: BundleObservations
    ) {
        guard let identity,
            identity.shouldReplace(
                serving.current?.identity, bundles: published.bundles, observed: observations,
                settle: policy.settle, now: clocks.now())
        else { return }
        serving.serve(identity)
        logger.notice(
            "serving a new certificate",
            metadata: [
                "issuer": "\(identity.leaf.issuer)", "fingerprint": "\(identity.leaf.fingerprint)",
                "notAfter": "\(identity.leaf.notAfter.formatted(.iso8601))",
            ])
    }

    private func publish(_ bundle: [Certificate], to published: [WebhookConfiguration]) async throws {
        let pem = try SecretChange.pem(bundle)
        for configuration in published {
            guard let webhooks = configuration.webhooks,
                !webhooks.allSatisfy({ Set($0.authorities) == Set(bundle) && $0.authorities.count == bundle.count })
            else { continue }
            if case .written = try await publisher.publish(pem, to: configuration) {
                logger.notice("published \(bundle.count) CA certificate(s) in \(configuration.name)")
            }
        }
    }
}

/// A look that took so long that it says little about the present. Nothing was decided on it.
struct StaleObservation: Error, CustomStringConvertible {
    let elapsed: Duration

    var description: String { "reading the bundles and the Secret took \(elapsed)" }
}

extension CertificateStep {
    /// For the log.
    var summary: String {
        switch self {
        case .nothing: "nothing to do"
        case .hold(let reason): "waiting: \(reason)"
        case .create(let reason): "made a CA and a serving certificate: \(reason)"
        case .publish(let bundle): "published \(bundle.count) CA certificate(s)"
        case .issueLeaf(let reason): "issued a serving certificate: \(reason)"
        case .stage(let reason, _): "made a next CA, to be published beside the current one: \(reason)"
        case .switchToNext: "the next CA has settled and signs from now on"
        case .forget(let certificates): "dropped \(certificates.map(\.subject).joined(separator: ", "))"
        }
    }
}
