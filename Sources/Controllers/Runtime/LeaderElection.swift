import FoundationEssentials
package import KubernetesClient
package import Logging
import ServiceLifecycle

/// The lease was not renewed in time, or another holds it: somebody else may lead by now.
package struct LeadershipLost: Error, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { "leadership was lost: \(reason)" }
}

/// Runs work on one of several processes at a time, the one that holds a Lease.
package struct LeaderElection: Sendable {
    let client: KubernetesClient
    let namespace: String
    let name: String
    let identity: String
    let timing: LeaseTiming
    let logger: Logger

    /// `identity` tells this process from all others, earlier ones of the same pod included.
    package init(
        _ client: KubernetesClient, namespace: String, name: String, identity: String,
        timing: LeaseTiming = LeaseTiming(), logger: Logger
    ) {
        self.client = client
        self.namespace = namespace
        self.name = name
        self.identity = identity
        self.timing = timing
        self.logger = logger
    }

    /// Waits for the lease, then runs `lead`, and gives the lease back when that has ended. Throws `LeadershipLost` once it
    /// could not be renewed, with `lead` cancelled at that moment and ended; `onLoss` is told before.
    package func run(
        onLoss: @Sendable () -> Void = {}, _ lead: @escaping @Sendable () async throws -> Void
    ) async throws {
        // Who waits for the lease can stop at once.
        guard let held = try await cancelWhenGracefulShutdown({ try await acquire() }) else { return }
        logger.notice("leading", metadata: ["lease": "\(namespace)/\(name)", "identity": "\(identity)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lead() }
            group.addTask { try await keep(held) }
            do {
                // Whichever ends first: without the work there is nothing left to renew for.
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            } catch let error as LeadershipLost {
                logger.error("\(error)")
                onLoss()
                group.cancelAll()
                while await group.nextResult() != nil {}
                throw error
            }
        }
        await release()
    }

    /// Nil when cancelled.
    private func acquire() async throws -> LeaseState? {
        var state = LeaseState(identity: identity, timing: timing)
        do {
            while true {
                do { if try await tryOnce(&state) == .held { return state } } catch let error as KubernetesError {
                    logger.warning("the lease \(namespace)/\(name) cannot be had: \(error)")
                }
                try await Task.sleep(for: timing.retry * (1 + Double.random(in: 0...0.2)))
            }
        } catch is CancellationError {
            return nil
        }
    }

    /// Renews until cancelled.
    private func keep(_ held: LeaseState) async throws {
        var state = held
        var renewed = ContinuousClock.now
        // Nobody else writes a lease that is held: what our last write gave back will do, until a write shows that it
        // will not.
        var looks = false
        while true {
            let end = renewed + timing.renewal
            do { try await Task.sleep(until: min(.now + timing.retry, end)) } catch { return }
            // What the others have seen is no older than the question.
            let asked = ContinuousClock.now
            guard asked < end else { throw LeadershipLost(reason: "not renewed within \(timing.renewal)") }
            do {
                let outcome = try await tryOnce(&state, looks: looks, until: end)
                looks = outcome != .held
                switch outcome {
                case .held: renewed = asked
                case .outrun: break
                case .anothers(let holder): throw LeadershipLost(reason: "\(holder) holds the lease")
                }
            } catch let error as KubernetesError {
                looks = true
                logger.warning("the lease was not renewed: \(error)")
            } catch is CancellationError {
                return
            }
        }
    }

    private enum Try: Hashable {
        case held
        /// The lease was written meanwhile, by whomever.
        case outrun
        case anothers(String)
    }

    /// `looks`: at the lease as it is now, first. Both requests together end at `end`.
    private func tryOnce(
        _ state: inout LeaseState, looks: Bool = true, until end: ContinuousClock.Instant? = nil
    ) async throws -> Try {
        let end = end ?? .now + timing.renewal
        if looks {
            do {
                state.observe(
                    try await client.get(Lease.self, name: name, namespace: namespace, within: end - .now), at: now)
            } catch let error as KubernetesError where error.isNotFound {
                state.observe(nil, at: now)
            }
        }
        let options = WriteOptions(within: max(.milliseconds(1), end - .now))
        do {
            switch state.step(at: now, date: Date()) {
            case .wait: return .anothers(state.seen?.spec?.holderIdentity ?? "")
            case .create:
                let lease = state.first(name: name, namespace: namespace, date: Date())
                state.observe(try await client.create(lease, options: options), at: now)
            case .write(let lease): state.observe(try await client.replace(lease, options: options), at: now)
            }
            return .held
        } catch let error as KubernetesError where error.isConflict || error.isAlreadyExists {
            return .outrun
        }
    }

    /// What fails here only makes the next one wait.
    private func release() async {
        do {
            // The last renewal may have been written without our hearing of it.
            var state = LeaseState(identity: identity, timing: timing)
            state.observe(
                try await client.get(Lease.self, name: name, namespace: namespace, within: .seconds(5)), at: now)
            guard let lease = state.released(date: Date()) else { return }
            _ = try await client.replace(lease, options: WriteOptions(within: .seconds(5)))
            logger.notice("the lease is given back")
        } catch {
            logger.warning("the lease is not given back: \(error)")
        }
    }

    private static let start = ContinuousClock.now
    private var now: Duration { ContinuousClock.now - Self.start }
}
