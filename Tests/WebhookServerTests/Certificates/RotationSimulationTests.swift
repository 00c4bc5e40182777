import Cryptography
import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import WebhookServer

/// Long lives of several replicas, in simulated time, watched by API servers that call them and verify what they are
/// served. Lifetimes of minutes stand for months: only their proportions matter.
struct RotationSimulationTests {
    /// What can be made to go wrong; each in a run of its own, and all together.
    struct Adversity: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Replicas are killed and come back with nothing in memory.
        var restarts = false
        /// Now and then a call to the API takes half a minute, longer than the settle time, or fails half-way.
        var stalls = false
        /// Somebody's tool sets both bundles back to what they were some minutes ago, or the Secret to nothing.
        var interference = false
        /// One replica's clock runs this far ahead.
        var skew: Duration = .zero
    }

    static let adversities = [
        Adversity(testDescription: "calm"),
        Adversity(testDescription: "restarts and stalls", restarts: true, stalls: true),
        Adversity(testDescription: "interference", interference: true),
        Adversity(testDescription: "all", restarts: true, stalls: true, interference: true, skew: .seconds(3)),
    ]

    /// Who serves what, and how the calls to them went.
    final class Ledger: Sendable {
        struct Entries {
            var serving: [ServingCertificates?]
            var calls = 0
            var failures: [String] = []
            var unserved = 0
        }

        let entries: Mutex<Entries>

        init(replicas: Int) {
            entries = Mutex(Entries(serving: Array(repeating: nil, count: replicas)))
        }
    }

    @Test(arguments: adversities)
    func noCallEverMeetsACertificateThatItCannotVerify(_ adversity: Adversity) async throws {
        let policy = try CertificatePolicy(
            names: [.dns("webhook.svc")], authorityLifetime: .seconds(600), leafLifetime: .seconds(150),
            settle: .seconds(20))
        let replicas = 3
        let duration: Duration = .seconds(1_600)
        let time = SimulatedTime(tasks: replicas + 2)
        let cluster = SimulatedCluster(uptime: { time.uptime })
        let ledger = Ledger(replicas: replicas)

        await withTaskGroup { group in
            for index in 0..<replicas {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(index) + 1)
                    let skew = index == 0 ? adversity.skew : .zero
                    await Self.live(
                        time, cluster, policy, adversity, skew: skew, random: &random
                    ) { serving in ledger.entries.withLock { $0.serving[index] = serving } }
                }
            }
            group.addTask {
                await Self.call(ledger, time, cluster, settle: policy.settle)
                time.leave()
            }
            group.addTask {
                if adversity.interference { await Self.interfere(time, cluster) }
                time.leave()
            }
            await time.run(for: duration)
        }

        let result = ledger.entries.withLock { $0 }
        let contents = cluster.snapshot
        #expect(result.failures == [])
        #expect(result.calls > 4_000)
        // The webhook was there, from some seconds after the start on.
        #expect(result.unserved < result.calls / 20)
        // And lived: several authorities, many certificates, no replica at odds with another for long.
        #expect((3...12).contains(contents.authorities.count))
        #expect((8...60).contains(contents.leaves))
        let state = CertificateState(contents.secret)
        #expect(state.problems == [])
        #expect(state.authorities.count <= 5)
    }

    /// One replica, with the lives that follow each other in it.
    static func live(
        _ time: SimulatedTime, _ cluster: SimulatedCluster, _ policy: CertificatePolicy, _ adversity: Adversity,
        skew: Duration, random: inout SeededGenerator, register: @Sendable (ServingCertificates?) -> Void
    ) async {
        let shared = Mutex(random)
        let connection = ClusterConnection(cluster: cluster) {
            let draw = shared.withLock { Int.random(in: 0..<1_000, using: &$0) }
            try await time.sleep(.milliseconds(draw % 50))
            guard adversity.stalls else { return }
            if draw < 3 { try await time.sleep(.seconds(30)) }
            if draw > 980 { throw Unreachable() }
        }
        var isOver = false
        while !isOver {
            let serving = ServingCertificates()
            register(serving)
            let replica = SelfManagedCertificates(
                store: connection, publisher: connection, serving: serving, policy: policy,
                clocks: time.clocks(skew: { skew }), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            var observations = BundleObservations()
            let span = shared.withLock { Int.random(in: 60..<400, using: &$0) }
            let end = adversity.restarts ? time.uptime + .seconds(span) : .seconds(1_000_000)
            while time.uptime < end, !isOver {
                do { _ = try await replica.pass(&observations) } catch { isOver = error is CancellationError }
                let jitter = shared.withLock { Double.random(in: 0.8...1.2, using: &$0) }
                do { try await time.sleep(policy.interval * jitter) } catch { isOver = true }
            }
            register(nil)
            // Down for a moment; readiness keeps calls away from it.
            do { try await time.sleep(.seconds(2)) } catch { isOver = true }
        }
        time.leave()
    }

    /// Two API servers whose view of the configurations lags by different times, all below the settle time. They call
    /// every replica that has a certificate, as only those are ready.
    static func call(
        _ ledger: Ledger, _ time: SimulatedTime, _ cluster: SimulatedCluster, settle: Duration
    ) async {
        var random = SeededGenerator(seed: 99)
        while true {
            do { try await time.sleep(.seconds(2)) } catch { return }
            let identities = ledger.entries.withLock { $0.serving.map { $0?.current?.identity } }
            for _ in 0..<2 {
                let lag = Duration.milliseconds(
                    Int64.random(in: 0...Int64(settle / .milliseconds(1)) - 1_000, using: &random))
                let bundles = cluster.bundles(lag: lag)
                // At installation, API servers know of no CA at all for as long as they lag.
                guard bundles.allSatisfy({ !$0.isEmpty }) else { continue }
                for (replica, identity) in identities.enumerated() {
                    guard let identity else {
                        ledger.entries.withLock {
                            $0.calls += 1; $0.unserved += 1
                        }
                        continue
                    }
                    let problem = problem(of: identity, bundles, at: time.now)
                    ledger.entries.withLock {
                        $0.calls += 1
                        if let problem {
                            $0.failures.append("\(time.uptime), replica \(replica), lag \(lag): \(problem)")
                        }
                    }
                }
            }
        }
    }

    static func problem(of identity: ServingIdentity, _ bundles: [[Certificate]], at now: Date) -> String? {
        for bundle in bundles {
            do {
                try Certificate.verify(chain: identity.chain, trusting: bundle, at: now, for: .dns("webhook.svc"))
            } catch {
                return "\(error)"
            }
        }
        return nil
    }

    /// Tools that know better: a Secret emptied, bundles set back to an earlier state that still verifies what is
    /// served, one configuration deleted for a while.
    static func interfere(_ time: SimulatedTime, _ cluster: SimulatedCluster) async {
        do {
            try await time.sleep(.seconds(100))
            cluster.setSecret([:])
            try await time.sleep(.seconds(150))
            cluster.setSecret(cluster.snapshot.secret.filter { $0.key != "ca.key" })
            try await time.sleep(.seconds(150))
            // Reverts land while a next CA is staged or settling, again and again.
            for _ in 0..<60 {
                let contents = cluster.snapshot
                let state = CertificateState(contents.secret)
                if state.next != nil, let authority = state.authority {
                    let former = try SecretChange.pem([authority.certificate])
                    cluster.setBundles([former, contents.bundles[1]])
                }
                try await time.sleep(.seconds(35))
            }
            let contents = cluster.snapshot
            cluster.setBundles([contents.bundles[0], nil])
            try await time.sleep(.seconds(60))
            cluster.setBundles(contents.bundles)
        } catch {}
    }
}

/// SplitMix64: small, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
