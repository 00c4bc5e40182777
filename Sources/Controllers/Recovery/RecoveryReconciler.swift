import ClusterAccess
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// Brings one EtcdRecovery a few steps further: observes, decides (`RecoveryObservation`), acts.
///
/// How far it is can be told from its status and from the objects there are, so that whoever takes it up goes on where it
/// stands. The order is never another: seen for the grace period, approved, copied, injection armed and seen to work, and
/// only then the members stopped.
struct RecoveryReconciler: Sendable {
    let cache: ObjectCache<EtcdRecovery>
    let reporter: Reporter<EtcdRecovery>
    let survey: ClusterSurvey
    let copies: RescueCopies
    let volumes: VolumeCopies
    let stop: ClusterStop
    let verification: RecoveryVerification
    let entries: RecoveryEntries
    let destinations: RescueDestination
    let policy: RecoveryPolicy
    let metrics: RecoveryMetrics
    let logger: Logger
    private let memory = RecoveryMemory()

    func reconcile(_ name: ObjectName) async -> WorkQueue<ObjectName>.Outcome {
        var logger = logger
        logger[metadataKey: "recovery"] = "\(name)"
        var known = cache[name]
        return await .ofSteps(logger) { [logger] in
            guard var recovery = known else {
                memory.forget(name)
                try await entries.sweep()
                return .done
            }
            defer { known = recovery }
            let observation = await observe(recovery, name)
            try Task.checkCancellation()
            let step = observation.nextStep(policy)
            logger.debug("\(step)")
            return try await act(step, observation, on: &recovery, name, logger)
        }
    }

    private func observe(_ recovery: EtcdRecovery, _ name: ObjectName) async -> RecoveryObservation {
        var observation = RecoveryObservation(recovery: recovery, volume: destinations.volume, now: Date())
        (observation.setback, observation.uncopied, observation.locked) = memory.take(name)
        guard let phase = recovery.status?.phase, !phase.isTerminal || recovery.leavesMembersStopped else {
            return observation
        }
        let others = cache.all.filter {
            $0.metadata.namespace == name.namespace && $0.clusterName == recovery.clusterName
                && $0.metadata.uid != recovery.metadata.uid
        }
        let all = others + [recovery]
        observation.earlier = others.filter { $0.leavesMembersStopped && !$0.isSuperseded(among: all) }
            .max { ($0.status?.stoppedTime?.rawValue ?? "") < ($1.status?.stoppedTime?.rawValue ?? "") }
        observation.isSuperseded = recovery.isSuperseded(among: others)
        observation.rival =
            others.first { $0.status?.phase?.isTerminal != true && $0.metadata.isOlder(than: recovery.metadata) }?
            .metadata.name
        observation.hasFailedBefore = others.contains { $0.status?.phase == .failed && $0.spec?.acknowledged != true }
        do {
            var evidence = try await survey.look(at: recovery.clusterName, in: name.namespace)
            evidence.wasStopped = observation.earlier != nil || recovery.status?.stoppedTime != nil
            evidence.isReported = recovery.metadata.annotations?[EtcdRecovery.sinceAnnotation] == nil
            observation.destination = try await destinations.find(for: recovery)
            evidence.copiesVolumes = volumes.image != nil && observation.destination?.destination != nil
            observation.evidence = evidence
            let isLostAgain = phase == .scalingOut && evidence.standing == .lost
            observation.lostAgain = memory.time(ofLoss: isLostAgain, name)
        } catch LocationFailure.notFound {
            observation.isClusterGone = true
        } catch {
            // No observation is none of a loss.
            observation.evidence = nil
            observation.setback = observation.setback ?? transient(Failure(error))
        }
        return observation
    }

    private func transient(_ failure: Failure) -> Failure {
        Failure(reason: failure.reason, message: failure.message, mayPass: true)
    }

    /// Nil to go on with the next step. What fails is a setback, of which the next decision makes what it is worth.
    private func act(
        _ step: RecoveryStep, _ observation: RecoveryObservation, on recovery: inout EtcdRecovery, _ name: ObjectName,
        _ logger: Logger
    ) async throws -> WorkQueue<ObjectName>.Outcome? {
        do {
            switch step {
            case .rest: return .done
            case .wait(let pause): return .again(after: pause)
            case .write(let status, let news):
                try await write(status, news, on: &recovery, logger)
                // What an earlier one has left would keep members out.
                if status.phase == .cancelled { try await entries.disarmOthers(than: recovery) }
                if status.phase?.isTerminal == true { await clear(behind: recovery, logger) }
            case .tell(let status, let pause):
                try await write(status, nil, on: &recovery, logger)
                return .again(after: pause)
            case .addFinalizer:
                let all = (recovery.metadata.finalizers ?? []) + [RecoveryObservation.finalizer]
                recovery = try await reporter.write(finalizers: all, to: recovery)
            case .discardCopies:
                try await discardCopies(of: recovery, logger)
                fallthrough
            case .removeFinalizer:
                let rest = (recovery.metadata.finalizers ?? []).filter { $0 != RecoveryObservation.finalizer }
                recovery = try await reporter.write(finalizers: rest, to: recovery)
                try await entries.sweep()
            case .copy(let members):
                for member in members { try await copy(member, observation, on: &recovery, name, logger) }
            case .copyVolume(let member):
                if try await copyVolume(member, observation, on: &recovery, name, logger) {
                    return .again(after: policy.poll)
                }
            case .arm:
                try await prove(recovery)
                try await arm(recovery, observation)
                try await write(
                    recovery.stopping(at: Date()),
                    News(reason: "Stopping", message: "the members are stopped now"), on: &recovery, logger)
            case .rebuild(let replicas, let pods): try await rebuild(recovery, observation, replicas, pods)
            case .verify:
                let outcome = try await verification.run(recovery, size: observation.evidence?.size ?? 0)
                try await entries.disarm(recovery)
                try await write(
                    recovery.completed(outcome.verification, outcome.message, at: Date()),
                    News(reason: "Recovered", message: outcome.message), on: &recovery, logger)
            }
            return nil
        } catch is CancellationError {
            return .done
        } catch let error as KubernetesError where error.isConflict {
            return .again(after: .milliseconds(500))
        } catch {
            let failure = Failure(error)
            // What cannot be written down is left to the queue, which comes back ever later.
            if step.isWrite { throw error }
            logger.warning("\(failure.reason.rawValue): \(failure.message)")
            if step == .verify {
                // It is told at once, and counts once it has been found again and again.
                let isMismatch = failure.reason == .verificationFailed && !failure.mayPass
                let isFound = isMismatch && memory.countMismatch(name) >= policy.verifications
                memory.note(isFound ? failure : transient(failure), name)
            } else {
                memory.note(failure, name)
            }
            return failure.mayPass ? .again(after: policy.poll) : nil
        }
    }

    /// What an end leaves behind that is of no more use. What fails is left to the next sweep.
    private func clear(behind recovery: EtcdRecovery, _ logger: Logger) async {
        do {
            if !recovery.leavesMembersStopped { try await entries.disarm(recovery) }
            if let survivor = recovery.status?.survivor, survivor.fromVolume == true {
                try await volumes.remove(survivor.name, of: recovery)
            }
        } catch {
            logger.warning("not cleared: \(error)")
        }
    }

    /// The last look before members are stopped.
    private func prove(_ recovery: EtcdRecovery) async throws {
        guard let survivor = recovery.status?.survivor else { return }
        if survivor.fromVolume == true { try await volumes.remove(survivor.name, of: recovery) }
        if survivor.readInPlace != true { try await copies.prove(survivor.name, of: recovery) }
    }

    private func write(
        _ status: EtcdRecovery.Status, _ news: News?, on recovery: inout EtcdRecovery, _ logger: Logger
    ) async throws {
        let before = recovery.status
        recovery = try await reporter.replace(before, with: status, of: recovery)
        if before?.phase?.isTerminal != true, status.phase?.isTerminal == true { metrics.end(status) }
        if before?.attempts ?? 0 < status.attempts ?? 0 { metrics.began() }
        await reporter.say(news, of: recovery, logger)
    }

    private func copy(
        _ member: String, _ observation: RecoveryObservation, on recovery: inout EtcdRecovery, _ name: ObjectName,
        _ logger: Logger
    ) async throws {
        guard let destination = observation.destination else { return }
        let copy: EtcdRecovery.RescueCopy
        do { copy = try await copies.take(member, of: recovery, to: destination) } catch is CancellationError {
            throw CancellationError()
        } catch {
            let failure = Failure(ofUpload: error)
            logger.warning("no rescue copy of \(member): \(failure.message)")
            memory.noteUncopied(member, failure, name)
            return
        }
        metrics.copied()
        var next = recovery.status ?? EtcdRecovery.Status()
        next.rescueCopies = (next.rescueCopies ?? []) + [copy]
        let message = "\(copy.location): \(copy.sizeBytes ?? 0) bytes, revision \(copy.revision ?? 0)"
        try await write(next, News(reason: "RescueCopy", message: message), on: &recovery, logger)
    }

    /// Whether there is something to wait for.
    private func copyVolume(
        _ member: String, _ observation: RecoveryObservation, on recovery: inout EtcdRecovery, _ name: ObjectName,
        _ logger: Logger
    ) async throws -> Bool {
        guard let destination = observation.destination?.destination else { return false }
        let progress: VolumeCopies.Progress
        do { progress = try await volumes.take(member, of: recovery, to: destination) } catch is CancellationError {
            throw CancellationError()
        } catch {
            let failure = Failure(ofUpload: error)
            logger.warning("no copy of the volume of \(member): \(failure.message)")
            memory.noteUncopied(member, failure, name)
            return false
        }
        switch progress {
        case .underWay(let message):
            guard recovery.status?.message != message else { return true }
            try await write(recovery.inPhase(.snapshotting, message, at: Date()), nil, on: &recovery, logger)
            return true
        case .taken(let copy):
            var next = recovery.status ?? EtcdRecovery.Status()
            next.rescueCopies = (next.rescueCopies ?? []) + [copy]
            // So that what is rebuilt is not found to be behind it.
            next.survivor?.revision = copy.revision
            metrics.copied()
            let missing = copy.missingEntries.map { ", without up to \($0) entries that only its log has" } ?? ""
            let message =
                "\(copy.location), from a volume: \(copy.sizeBytes ?? 0) bytes, revision \(copy.revision ?? 0)"
            try await write(next, News(reason: "RescueCopy", message: message + missing), on: &recovery, logger)
            try await volumes.remove(member, of: recovery)
            return false
        }
    }

    private func discardCopies(of recovery: EtcdRecovery, _ logger: Logger) async throws {
        // A later recovery goes on with what an earlier one has saved.
        let kept = cache.all.filter { $0.metadata.uid != recovery.metadata.uid }.flatMap(\.keysOnVolume)
        let failures = await copies.discard(recovery, keeping: Set(kept))
        try Task.checkCancellation()
        guard !failures.isEmpty else { return }
        // It never keeps its object from going for ever.
        await reporter.say(
            News(isWarning: true, reason: "RescueCopiesKept", message: failures.joined(separator: "; ")), of: recovery,
            logger)
    }

    private func rebuild(
        _ recovery: EtcdRecovery, _ observation: RecoveryObservation, _ replicas: Int?, _ pods: [String]
    ) async throws {
        guard let evidence = observation.evidence else { return }
        try await arm(recovery, observation)
        try await stop.run(
            recovery, scale: replicas.map { ($0, evidence.setVersion) },
            pods: pods.compactMap { name in evidence[name]?.pod.map { (name, $0.uid) } })
    }

    private func arm(_ recovery: EtcdRecovery, _ observation: RecoveryObservation) async throws {
        guard let evidence = observation.evidence else { return }
        // What an earlier recovery of this cluster left armed would refuse the pods of this one.
        try await entries.disarmOthers(than: recovery)
        try await stop.prepare(recovery, labels: evidence.labels)
    }
}

extension RecoveryStep {
    fileprivate var isWrite: Bool {
        switch self {
        case .write, .tell, .removeFinalizer, .discardCopies: true
        default: false
        }
    }
}
