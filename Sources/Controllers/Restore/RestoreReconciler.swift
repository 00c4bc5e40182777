import Admission
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging
import ObjectStore

/// Brings one EtcdRestore a few steps further: observes, decides (`RestoreObservation`), acts.
///
/// How far it is can be told from its status and from the objects there are, so that whoever takes it up goes on where it
/// stands. The order is never another: the snapshot proved, the target proved empty, injection armed and seen to work, and
/// only then the cluster made.
struct RestoreReconciler: Sendable {
    let client: KubernetesClient
    let cache: ObjectCache<EtcdRestore>
    let reporter: Reporter<EtcdRestore>
    let stores: DestinationStores
    let injection: InjectionSwitch
    let target: RestoreTarget
    let verification: MemberVerification
    let lookup: any Lookup
    let policy: RestorePolicy
    let metrics: RestoreMetrics
    let logger: Logger
    /// What the last step failed with, until the next decision has seen it.
    private let setbacks = Notes<Failure>()
    /// Compared and found equal, of restores whose end is not written down yet: to compare reads all that etcd has.
    private let verified = Notes<MemberVerification.Outcome>()

    init(
        client: KubernetesClient, cache: ObjectCache<EtcdRestore>, stores: DestinationStores, dial: MemberDial,
        lookup: any Lookup, policy: RestorePolicy, events: EventRecorder, metrics: RestoreMetrics, logger: Logger
    ) {
        self.client = client
        self.cache = cache
        reporter = Reporter(client: client, cache: cache, events: events)
        self.stores = stores
        injection = InjectionSwitch(client: client)
        target = RestoreTarget(client: client)
        verification = MemberVerification(client: client, dial: dial)
        self.lookup = lookup
        self.policy = policy
        self.metrics = metrics
        self.logger = logger
    }

    func reconcile(_ name: ObjectName) async -> WorkQueue<ObjectName>.Outcome {
        var logger = logger
        logger[metadataKey: "restore"] = "\(name)"
        var known = cache[name]
        return await .ofSteps(logger) { [logger] in
            guard var restore = known else {
                setbacks.clear(name)
                verified.clear(name)
                try await sweep()
                return .done
            }
            defer { known = restore }
            let observation = try await observe(restore, name)
            let step = observation.nextStep(policy)
            logger.debug("\(step)")
            return await act(step, observation, on: &restore, name, logger)
        }
    }

    private func observe(_ restore: EtcdRestore, _ name: ObjectName) async throws -> RestoreObservation {
        var observation = RestoreObservation(restore: restore, now: Date())
        observation.setback = setbacks.take(name, of: restore)
        guard restore.status?.phase?.isTerminal != true, restore.status?.snapshotLocation != nil else {
            return observation
        }
        observation.cluster = try await client.find(name: restore.targetName, namespace: name.namespace)
        if let cluster = observation.cluster, Lineage(of: cluster)?.uid == restore.metadata.uid {
            let pod: FirstMember? = try await client.find(name: "\(restore.targetName)-0", namespace: name.namespace)
            observation.pod = pod?.state
        }
        return observation
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
                if status.phase?.isTerminal == true { return await sweepBehind(logger) }
            case .prove: restore = try await prove(restore, logger)
            case .create: try await create(restore, observation.cluster)
            case .verify(let report):
                restore = try await verify(restore, report, name, logger)
            }
            return nil
        } catch is CancellationError {
            return .done
        } catch let error as KubernetesError where error.isConflict {
            return .again(after: .milliseconds(500))
        } catch {
            var failure = Failure(error)
            // A member that has just started: its Service, certificates and users come one after the other.
            if step.isVerify, failure.reason != .verificationFailed { failure.mayPass = true }
            setbacks.note(failure, name, of: restore)
            guard failure.mayPass else { return nil }
            await tell(failure, on: &restore, logger)
            // What was asked of a member that answered may have cost it much.
            return step.isVerify ? .again(after: failure.reason.isAbsence ? policy.poll : policy.pause) : nil
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
            restore.proved(location, at: Date()), to: restore,
            News(reason: "SnapshotFound", message: "\(location): \(object.size) bytes"), logger)
    }

    /// The rules of admission again: what was admitted may be wrong by now, the target's emptiness above all.
    private func judge(_ restore: EtcdRestore) async throws {
        let findings = await restore.allFindings(lookup: lookup, options: policy.rules)
        try Task.checkCancellation()
        if let refusal = Failure(findings, reason: Self.reason) { throw refusal }
    }

    /// Of what is wrong with the target or the backup alone, whose spec was good when it was admitted.
    static func reason(of errors: [Finding]) -> Failure.Reason {
        if errors.allSatisfy(\.isAboutOccupiedTarget) { return .targetNotEmpty }
        if errors.allSatisfy(\.isAboutUnusableBackup) { return .backupNotUsable }
        return .invalidSpec
    }

    private func source(of restore: EtcdRestore) async throws -> RestoreSource {
        var backup: EtcdBackup?
        if let name = restore.spec?.source?.backupRef?.name {
            backup = try await client.find(name: name, namespace: restore.metadata.namespace)
        }
        return try RestoreSource(restore, backup: backup)
    }

    private func open(_ source: RestoreSource, for restore: EtcdRestore) throws -> ObjectStore {
        let namespace = restore.metadata.namespace ?? ""
        return try stores.open(
            source.destination, in: namespace, for: "EtcdRestore \(namespace)/\(restore.metadata.name ?? "")")
    }

    private func create(_ restore: EtcdRestore, _ existing: EtcdCluster?) async throws {
        let injected = InjectionTarget(
            kind: .restore,
            object: ObjectName(namespace: restore.metadata.namespace ?? "", name: restore.metadata.name ?? ""),
            uid: restore.metadata.uid ?? "")
        let labels = InjectorConfiguration.labels(ofCluster: restore.targetName)
        try await injection.arm(injected, cluster: restore.targetName, labels: labels)
        try await injection.prove(injected, cluster: restore.targetName, labels: labels)
        // The last look before something is made, with nothing in between.
        try await judge(restore)
        _ = try await target.make(restore, existing: existing, source: try await source(of: restore))
        metrics.armed()
    }

    private func verify(
        _ restore: EtcdRestore, _ report: AgentReport?, _ name: ObjectName, _ logger: Logger
    ) async throws -> EtcdRestore {
        let outcome: MemberVerification.Outcome
        if let known = verified.find(name, of: restore) {
            outcome = known
        } else {
            outcome = try await verification.run(restore, source: try await source(of: restore), report: report)
            verified.note(outcome, name, of: restore)
        }
        // Before it is said to be done: whoever waits for that may delete everything the next moment.
        try await injection.disarm(.restore) { $0 == restore.metadata.uid }
        let written = try await write(
            restore.completed(outcome.verification, outcome.message, at: Date()), to: restore,
            News(reason: RestoreConditions.restored, message: outcome.message), logger)
        verified.clear(name)
        return written
    }

    /// Of a restore whose end is written down, which stays as it is; what fails here is done with the next resync.
    private func sweepBehind(_ logger: Logger) async -> WorkQueue<ObjectName>.Outcome {
        do { try await sweep() } catch {
            if !(error is CancellationError) { logger.warning("no sweep: \(error)") }
        }
        return .done
    }

    /// Ends the injection for restores that are over. One that failed, or whose record is gone, keeps its cluster's pods from
    /// starting empty until the cluster is deleted.
    func sweep() async throws {
        // Those alone: one that is armed from here on may be of a restore that the lists do not have.
        let armed = try await injection.armed(.restore)
        guard !armed.isEmpty else { return }
        // As the cluster has them now, in all namespaces: what is not seen would be taken for gone.
        let restores = try await client.list(EtcdRestore.self, in: .allNamespaces).items
        let clusters: [EtcdCluster]
        do { clusters = try await client.list(in: .allNamespaces).items } catch let error as KubernetesError
            where error.isNotFound
        {
            // Without the operator there are none.
            clusters = []
        }
        let underWay = Set(restores.filter { $0.status?.phase?.isTerminal != true }.compactMap(\.metadata.uid))
        let done = Set(restores.filter { $0.status?.phase == .completed }.compactMap(\.metadata.uid))
        let unfinished = Set(clusters.compactMap { Lineage(of: $0)?.uid }).subtracting(done)
        try await injection.disarm(.restore) { uid in
            armed.contains(uid) && !underWay.contains(uid) && !unfinished.contains(uid)
        }
    }
}

extension RestoreReconciler {
    private func write(
        _ status: EtcdRestore.Status, to restore: EtcdRestore, _ news: News?, _ logger: Logger
    ) async throws -> EtcdRestore {
        let written = try await reporter.write(status, to: restore)
        if status.phase?.isTerminal == true { metrics.ended(written, status) }
        await reporter.say(news, of: written, logger)
        return written
    }

    /// What holds a restore up shows in its condition while it lasts.
    private func tell(_ failure: Failure, on restore: inout EtcdRestore, _ logger: Logger) async {
        logger.warning("\(failure.reason.rawValue): \(failure.message)")
        let old = restore.status?.conditions?[SucceededCondition.type]
        guard old?.message != failure.message else { return }
        if let written = try? await write(restore.waiting(failure, at: Date()), to: restore, nil, logger) {
            restore = written
        }
    }
}

extension RestoreStep {
    fileprivate var isVerify: Bool { if case .verify = self { true } else { false } }
}

extension Failure.Reason {
    /// The member was not there to be asked.
    fileprivate var isAbsence: Bool { self == .membersUnreachable || self == .memberNotRestored }
}
