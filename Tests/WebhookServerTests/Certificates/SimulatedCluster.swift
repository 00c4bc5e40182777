import Cryptography
import FoundationEssentials
import Synchronization

@testable import WebhookServer

/// The Secret and the two webhook configurations as an API server keeps them: every write checks the version. Its
/// history stays, so that what a lagging reader sees is known.
final class SimulatedCluster: Sendable {
    struct Contents {
        var secret: [String: [UInt8]] = [:]
        var secretVersion = 1
        /// The bundle of each configuration's one webhook; nil for a configuration that does not exist.
        var bundles: [[UInt8]?]
        var bundleVersions: [Int]
        var history: [(time: Duration, bundles: [[Certificate]])] = []
        var conflicts = 0
        var leaves = 0
        var authorities: Set<[UInt8]> = []
    }

    private let contents: Mutex<Contents>
    let uptime: @Sendable () -> Duration

    init(bundles: [[UInt8]?] = [[], []], uptime: @escaping @Sendable () -> Duration = { .zero }) {
        contents = Mutex(
            Contents(bundles: bundles, bundleVersions: bundles.map { _ in 1 }, history: [(.zero, Self.parsed(bundles))])
        )
        self.uptime = uptime
    }

    var snapshot: Contents { contents.withLock { $0 } }

    /// The bundles as a reader sees them that is `lag` behind.
    func bundles(lag: Duration) -> [[Certificate]] {
        let time = uptime() - lag
        return contents.withLock { contents in contents.history.last { $0.time <= time }?.bundles ?? [] }
    }

    private static func parsed(_ bundles: [[UInt8]?]) -> [[Certificate]] {
        bundles.compactMap { $0 }.map { (try? Certificate.bundle(pem: $0)) ?? [] }
    }

    /// What somebody else does, with no regard for versions.
    func setBundles(_ bundles: [[UInt8]?]) {
        contents.withLock {
            $0.bundles = bundles
            $0.bundleVersions = $0.bundleVersions.map { $0 + 1 }
            $0.history.append((uptime(), Self.parsed(bundles)))
        }
    }

    func setSecret(_ data: [String: [UInt8]]) {
        contents.withLock {
            $0.secret = data
            $0.secretVersion += 1
        }
    }

    fileprivate func write(_ change: SecretChange, at version: String) -> WriteOutcome {
        contents.withLock {
            guard String($0.secretVersion) == version else {
                $0.conflicts += 1
                return .conflict
            }
            if let leaf = change.set["tls.crt"], leaf != $0.secret["tls.crt"] { $0.leaves += 1 }
            if let authority = change.set["ca.key"] { $0.authorities.insert(authority) }
            $0.secret.merge(change.set) { $1 }
            for key in change.remove { $0.secret[key] = nil }
            $0.secretVersion += 1
            return .written
        }
    }

    fileprivate func publish(_ bundle: [UInt8], index: Int, at version: String) -> WriteOutcome {
        contents.withLock {
            guard $0.bundles[index] != nil, String($0.bundleVersions[index]) == version else {
                $0.conflicts += 1
                return .conflict
            }
            $0.bundles[index] = bundle
            $0.bundleVersions[index] += 1
            $0.history.append((uptime(), Self.parsed($0.bundles)))
            return .written
        }
    }
}

struct Unreachable: Error {}

/// How one replica reaches the cluster. `delay` runs before and after each call has its effect: it may sleep, and it may
/// throw, so that an effect happens whose answer is lost.
struct ClusterConnection: CertificateStore, CABundlePublisher {
    let cluster: SimulatedCluster
    var delay: @Sendable () async throws -> Void = {}

    func read() async throws -> StoredCertificates {
        try await delay()
        let contents = cluster.snapshot
        try await delay()
        return StoredCertificates(data: contents.secret, version: String(contents.secretVersion))
    }

    func write(_ change: SecretChange, at version: String) async throws -> WriteOutcome {
        try await delay()
        let outcome = cluster.write(change, at: version)
        try await delay()
        return outcome
    }

    func published() async throws -> [WebhookConfiguration] {
        try await delay()
        let contents = cluster.snapshot
        try await delay()
        return contents.bundles.indices.map { index in
            WebhookConfiguration(
                name: "\(index)", version: String(contents.bundleVersions[index]),
                generation: contents.bundleVersions[index],
                webhooks: contents.bundles[index].map { [.init(name: "webhook", bundlePEM: $0)] })
        }
    }

    func publish(_ bundlePEM: [UInt8], to configuration: WebhookConfiguration) async throws -> WriteOutcome {
        try await delay()
        let outcome = cluster.publish(
            bundlePEM, index: Int(configuration.name) ?? 0, at: configuration.version)
        try await delay()
        return outcome
    }
}
