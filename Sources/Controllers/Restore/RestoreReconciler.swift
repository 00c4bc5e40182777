import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging
import ObjectStore
import Synchronization

/// Brings one EtcdRestore a few steps further: observes, decides (`RestoreObservation`), acts.
///
/// How far it is can be told from its status and from the objects there are, so that whoever takes it up goes on where it
/// stands. The order is never another: the snapshot proved, the target proved empty, injection armed and seen to work, and
/// only then the cluster made.
struct RestoreReconciler: Sendable {
    let client: KubernetesClient
    let cache: ObjectCache<EtcdRestore>
    let stores: DestinationStores
    let injection: InjectionSwitch
    let target: RestoreTarget
    let verification: MemberVerification
    let lookup: any Lookup
    let policy: RestorePolicy
    let recorder: EventRecorder
    let metrics: RestoreMetrics
    let logger: Logger
    private let setbacks = Setbacks()

    init(
        client: KubernetesClient, cache: ObjectCache<EtcdRestore>, stores: DestinationStores, dial: MemberDial,
        lookup: any Lookup, policy: RestorePolicy, recorder: EventRecorder, metrics: RestoreMetrics, logger: Logger
    ) {
        self.client = client
        self.cache = cache
        self.stores = stores
        injection = InjectionSwitch(client: client)
        target = RestoreTarget(client: client)
        verification = MemberVerification(client: client, dial: dial)
        self.lookup = lookup
        self.policy = policy
        self.recorder = recorder
        self.metrics = metrics
        self.logger = logger
    }

    private static let steps = 12

    func reconcile(_ name: ObjectName) async -> WorkQueue<ObjectName>.Outcome {
        var logger = logger
        logger[metadataKey: "restore"] = "\(name)"
        do {
            guard var restore = cache[name] else {
                setbacks.clear(name)
                try await sweep()
                return .done
            }
            for _ in 0..<Self.steps {
                let observation = try await observe(restore, name)
                let step = observation.nextStep(policy)
                logger.debug("\(step)")
                if let outcome = await act(step, observation, on: &restore, name, logger) { return outcome }
            }
            return .again(after: .seconds(1))
        } catch let error as KubernetesError where error.isNotFound {
            return .done
        } catch is CancellationError {
            return .done
        } catch {
            logger.warning("\(error)")
            return .failed
        }
    }

    private func observe(_ restore: EtcdRestore, _ name: ObjectName) async throws -> RestoreObservation {
        var observation = RestoreObservation(restore: restore, now: Date())
        observation.setback = setbacks.take(name)
        guard restore.status?.phase?.isTerminal != true, restore.status?.snapshotLocation != nil else {
            return observation
        }
        observation.cluster = try await find(restore.targetName, name.namespace)
        if let cluster = observation.cluster, Lineage(of: cluster)?.uid == restore.metadata.uid {
            let pod: FirstMember? = try await find("\(restore.targetName)-0", name.namespace)
            observation.pod = pod?.state
        }
        return observation
    }

    private func find<R: KubernetesResource>(_ name: String, _ namespace: String) async throws -> R? {
        do { return try await client.get(name: name, namespace: namespace) } catch let error as KubernetesError
            where error.isNotFound
        { return nil }
    }

    /// Nil to go on with the next step. What fails is a setback, of which the next decision makes what it is worth.
    private func act(
        _ step: RestoreStep, _ observation: RestoreObservation, on restore: inout EtcdRestore, _ name: ObjectName,
        _ logger: Logger
    ) async -> WorkQueue<ObjectName>.Outcome? {
        do {
            switch step {
            case .rest: return .done
            case .wait(let pause): return .again(after: pause)
            case .write(let status, let news):
                restore = try await write(status, to: restore, news, logger)
                if status.phase?.isTerminal == true { try await sweep() }
            case .prove: restore = try await prove(restore, logger)
            case .create: try await create(restore, observation.cluster)
            case .verify(let report):
                restore = try await verify(restore, report, logger)
            }
            return nil
        } catch is CancellationError {
            return .done
        } catch let error as KubernetesError where error.isConflict {
            return .again(after: .milliseconds(500))
        } catch {
            let failure = RestoreFailure(error)
            setbacks.note(failure, name)
            guard failure.mayPass else { return nil }
            await tell(failure, on: &restore, logger)
            return .again(after: step.isVerify ? policy.poll : policy.pause)
        }
    }

    private func prove(_ restore: EtcdRestore, _ logger: Logger) async throws -> EtcdRestore {
        try await judge(restore)
        let source = try await source(of: restore)
        let store = try open(source, for: restore)
        let object = try await source.prove(in: store)
        try restore.spec?.target?.storageSpec?.requireRoom(for: object.size)
        let location = store.uri(object.key)
        return try await write(
            restore.proved(location), to: restore,
            RestoreNews(reason: "SnapshotFound", message: "\(location): \(object.size) bytes"), logger)
    }

    /// The rules of admission again: what was admitted may be wrong by now, the target's emptiness above all.
    private func judge(_ restore: EtcdRestore) async throws {
        let findings = await restore.allFindings(lookup: lookup, options: policy.rules)
        try Task.checkCancellation()
        if let refusal = RestoreFailure(findings) { throw refusal }
    }

    private func source(of restore: EtcdRestore) async throws -> RestoreSource {
        var backup: EtcdBackup?
        if let name = restore.spec?.source?.backupRef?.name {
            backup = try await find(name, restore.metadata.namespace ?? "")
        }
        return try RestoreSource(restore, backup: backup)
    }

    private func open(_ source: RestoreSource, for restore: EtcdRestore) throws -> ObjectStore {
        let namespace = restore.metadata.namespace ?? ""
        return try stores.open(
            source.destination, in: namespace, for: "EtcdRestore \(namespace)/\(restore.metadata.name ?? "")")
    }

    private func create(_ restore: EtcdRestore, _ existing: EtcdCluster?) async throws {
        try await injection.arm(for: restore)
        try await injection.prove(for: restore)
        // The last look before something is made, with nothing in between.
        try await judge(restore)
        _ = try await target.make(restore, existing: existing, source: try await source(of: restore))
        metrics.armed()
    }

    private func verify(_ restore: EtcdRestore, _ report: AgentReport?, _ logger: Logger) async throws -> EtcdRestore {
        let outcome = try await verification.run(restore, source: try await source(of: restore), report: report)
        // Before it is said to be done: whoever waits for that may delete everything the next moment.
        try await injection.disarm { $0 == restore.metadata.uid }
        return try await write(
            restore.completed(outcome.verification, outcome.message, at: Date()), to: restore,
            RestoreNews(reason: RestoreConditions.restored, message: outcome.message), logger)
    }

    /// Ends the injection for restores that are over. One that failed, or whose record is gone, keeps its cluster's pods from
    /// starting empty until the cluster is deleted.
    func sweep() async throws {
        // As the cluster has them now, in all namespaces: what is not seen would be taken for gone.
        let restores = try await client.list(EtcdRestore.self, in: .allNamespaces).items
        let clusters = try await client.list(EtcdCluster.self, in: .allNamespaces).items
        let underWay = Set(restores.filter { $0.status?.phase?.isTerminal != true }.compactMap(\.metadata.uid))
        let done = Set(restores.filter { $0.status?.phase == .completed }.compactMap(\.metadata.uid))
        let unfinished = Set(clusters.compactMap { Lineage(of: $0)?.uid }).subtracting(done)
        try await injection.disarm { uid in !underWay.contains(uid) && !unfinished.contains(uid) }
    }
}

extension RestoreReconciler {
    private struct StatusPatch: Encodable, Sendable {
        struct Version: Encodable, Sendable { var resourceVersion: String? }

        var metadata: Version
        var status: EtcdRestore.Status
    }

    private func write(
        _ status: EtcdRestore.Status, to restore: EtcdRestore, _ news: RestoreNews?, _ logger: Logger
    ) async throws -> EtcdRestore {
        let patch = StatusPatch(
            metadata: StatusPatch.Version(resourceVersion: restore.metadata.resourceVersion), status: status)
        let written: EtcdRestore = try await client.patch(
            name: restore.metadata.name ?? "", namespace: restore.metadata.namespace, subresource: "status",
            with: .merge(patch), options: WriteOptions(fieldManager: "etcdrecover-controller"))
        cache.store(written)
        if status.phase?.isTerminal == true { metrics.ended(written, status) }
        await say(news, of: written, logger)
        return written
    }

    /// What holds a restore up shows in its condition while it lasts.
    private func tell(_ failure: RestoreFailure, on restore: inout EtcdRestore, _ logger: Logger) async {
        logger.warning("\(failure.reason.rawValue): \(failure.message)")
        let old = restore.status?.conditions?[RestoreConditions.succeeded]
        guard old?.message != failure.message else { return }
        if let written = try? await write(restore.waiting(failure, at: Date()), to: restore, nil, logger) {
            restore = written
        }
    }

    /// To the log and as an Event, whose loss is no reason to stop.
    private func say(_ news: RestoreNews?, of restore: EtcdRestore, _ logger: Logger) async {
        guard let news else { return }
        logger.log(level: news.isWarning ? .warning : .notice, "\(news.reason): \(news.message)")
        do {
            try await recorder.record(
                news.isWarning ? .warning : .normal, reason: news.reason, message: news.message, about: restore)
        } catch {
            logger.debug("an Event was not written: \(error)")
        }
    }
}

extension RestoreStep {
    fileprivate var isVerify: Bool { if case .verify = self { true } else { false } }
}

/// What the last step of each restore failed with, until the next decision has seen it.
private final class Setbacks: Sendable {
    private let failures = Mutex<[ObjectName: RestoreFailure]>([:])

    func note(_ failure: RestoreFailure, _ name: ObjectName) { failures.withLock { $0[name] = failure } }
    func take(_ name: ObjectName) -> RestoreFailure? { failures.withLock { $0.removeValue(forKey: name) } }
    func clear(_ name: ObjectName) { _ = take(name) }
}
