import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// Looks at the quorum of every EtcdCluster, and of StatefulSets that ask for it, and makes an EtcdRecovery where a majority
/// is missing. That is all it does: what follows waits for a person.
///
/// A healthy cluster costs one question to each of its members at each look. Only where the answers are no quorum is all
/// looked at that Kubernetes knows, and only where two looks on end have found a majority missing is a recovery made.
struct QuorumDetector: Sendable {
    let client: KubernetesClient
    let clusters: ObjectCache<EtcdCluster>
    let recoveries: ObjectCache<EtcdRecovery>
    let probe: QuorumProbe
    let survey: ClusterSurvey
    let scope: Scope
    let gracePeriod: String?
    let tokens: HeldTokens
    let metrics: RecoveryMetrics
    let logger: Logger

    /// Clusters that are looked at at a time.
    private static let atOnce = 8

    private struct Watched: Hashable, Sendable {
        var name: ObjectName
        var isPlain: Bool
        var size: Int

        var target: EtcdTarget { isPlain ? .statefulSet(name.name) : .etcdCluster(name.name) }
    }

    func run(every interval: Duration) async throws {
        var suspects: [ObjectName: Date] = [:]
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let watched = await watched()
            await probe.keep(only: Set(watched.map(\.name)))
            tokens.forget(allBut: Set(watched.map(\.name) + underRecovery))
            let missing = await looked(at: watched)
            for name in Set(missing) where suspects[name] != nil { await report(name, since: suspects[name] ?? Date()) }
            suspects = Dictionary(missing.map { ($0, suspects[$0] ?? Date()) }, uniquingKeysWith: min)
            try await Task.sleep(until: start + interval, clock: .continuous)
        }
    }

    private func watched() async -> [Watched] {
        let own = clusters.all.compactMap { cluster -> Watched? in
            guard cluster.metadata.deletionTimestamp == nil else { return nil }
            return Watched(
                name: CacheContent.name(cluster), isPlain: false, size: cluster.spec?.size.flatMap(Int.init) ?? 1)
        }
        var plain: [Watched] = []
        do {
            let sets: [StatefulSet] = try await client.list(
                in: scope, matching: Selector(labels: "\(EtcdRecovery.watchLabel)=true")
            ).items
            plain = sets.map {
                Watched(name: CacheContent.name($0), isPlain: true, size: Int($0.spec?.replicas ?? 1))
            }
        } catch {
            logger.debug("StatefulSets cannot be listed: \(error)")
        }
        // The operator's own StatefulSet may carry the label too.
        let names = Set(own.map(\.name))
        return (own + plain.filter { !names.contains($0.name) }).filter { $0.size > 1 && !isUnderRecovery($0.name) }
    }

    private var underRecovery: [ObjectName] {
        recoveries.all.filter { $0.status?.phase?.isTerminal != true }
            .map { ObjectName(namespace: $0.metadata.namespace ?? "", name: $0.clusterName) }
    }

    private func isUnderRecovery(_ name: ObjectName) -> Bool {
        recoveries.all.contains {
            $0.metadata.namespace == name.namespace && $0.clusterName == name.name
                && ($0.status?.phase?.isTerminal != true || $0.isCalledOff)
        }
    }

    /// Those whose majority is missing.
    private func looked(at watched: [Watched]) async -> [ObjectName] {
        await withTaskGroup(of: ObjectName?.self) { group in
            var missing: [ObjectName] = []
            var rest = watched[...]
            for _ in 0..<Self.atOnce {
                guard let next = rest.popFirst() else { break }
                group.addTask { await isMissing(next) ? next.name : nil }
            }
            while let found = await group.next() {
                if let found { missing.append(found) }
                if let next = rest.popFirst() { group.addTask { await isMissing(next) ? next.name : nil } }
            }
            return missing
        }
    }

    private func isMissing(_ watched: Watched) async -> Bool {
        if await probe.findsQuorum(of: watched.target, in: watched.name.namespace, size: watched.size) { return false }
        do {
            let evidence = try await survey.look(at: watched.name.name, in: watched.name.namespace)
            return evidence.standing == .lost
        } catch {
            // A look that failed is no loss.
            logger.debug("\(watched.name) cannot be looked at: \(error)")
            return false
        }
    }

    private func report(_ name: ObjectName, since: Date) async {
        guard !isUnderRecovery(name) else { return }
        let stamp = Timestamp(since).rawValue.lowercased().filter { $0.isNumber || $0 == "t" || $0 == "z" }
        var recovery = EtcdRecovery(
            metadata: ObjectMeta(
                name: "\(name.name)-\(stamp)", namespace: name.namespace,
                labels: [EtcdRecovery.detectedLabel: "true", "app.kubernetes.io/created-by": "etcdrecover"]),
            spec: EtcdRecovery.Spec(clusterRef: name.name, gracePeriod: gracePeriod))
        recovery.metadata.annotations = [EtcdRecovery.sinceAnnotation: Timestamp(since).rawValue]
        do {
            let made = try await client.create(
                recovery, options: WriteOptions(fieldManager: "etcdrecover-controller"))
            metrics.wasDetected()
            logger.warning("\(name) has no majority: EtcdRecovery \(made.metadata.name ?? "") made")
        } catch {
            logger.error("\(name) has no majority, and no EtcdRecovery could be made: \(error)")
        }
    }
}
