import EtcdRecoverModel
import FoundationEssentials

/// What is known of one EtcdRestore.
struct RestoreObservation: Sendable {
    var restore: EtcdRestore
    /// The target's EtcdCluster, where there is one.
    var cluster: EtcdCluster?
    /// The first member's pod; nil before there is one, and while the cluster is not ours.
    var pod: MemberPodState?
    /// What kept the step before from being done, in this process.
    var setback: Failure?
    var now: Date
}

/// How far the pod of the first member is.
enum MemberPodState: Hashable, Sendable {
    /// Without our init container: its data are none of this restore.
    case notInjected
    /// Not scheduled yet, or its image on the way: why, where Kubernetes says it.
    case waiting(String?)
    case laying
    /// The data lies there, and etcd does not run yet: why, where Kubernetes says it.
    case laid(AgentReport, etcd: String? = nil)
    case failed(AgentReport)
    /// The init container ended without a word of ours.
    case crashed(String)
    case running(AgentReport?)
}

/// What to do next about an EtcdRestore.
enum RestoreStep: Hashable, Sendable {
    /// Nothing, until something changes.
    case rest
    case wait(Duration)
    case write(EtcdRestore.Status, News?)
    /// Look at the snapshot and the target, and record where the snapshot is.
    case prove
    /// Have the pods of the target pass by us, see that they do, and only then have them made.
    case create
    case verify(AgentReport?)
}

extension RestoreObservation {
    func nextStep(_ policy: RestorePolicy) -> RestoreStep {
        let status = restore.status
        guard restore.metadata.deletionTimestamp == nil, status?.phase?.isTerminal != true else { return .rest }
        guard status?.phase != nil, restore.startTime != nil else {
            return .write(
                restore.begun(at: now),
                News(reason: "Started", message: "looking at the snapshot and the target"))
        }
        if let setback, !setback.mayPass { return fail(setback) }
        if isOver(policy) { return fail(late) }
        guard status?.snapshotLocation?.isEmpty == false else { return setback == nil ? .prove : .wait(policy.pause) }
        guard let cluster, Lineage(of: cluster)?.uid == restore.metadata.uid else {
            return setback == nil ? .create : .wait(policy.pause)
        }
        return follow(policy)
    }

    private func follow(_ policy: RestorePolicy) -> RestoreStep {
        switch pod {
        case nil, .waiting: return phase(.pending, nil) ?? .wait(policy.poll)
        case .laying:
            return phase(
                .downloading, News(reason: "Downloading", message: "the first member's data are being laid"))
                ?? .wait(policy.poll)
        case .notInjected:
            return fail(
                Failure(
                    reason: .memberNotRestored,
                    message: "pod \(restore.targetName)-0 started without our init container, so its data are none of "
                        + "this restore's: delete the EtcdCluster and restore anew", mayPass: false))
        case .crashed(let reason):
            return fail(
                Failure(
                    reason: .memberNotRestored,
                    message: "the init container that lays the data ended without a report: \(reason)", mayPass: false))
        case .failed(let report):
            let failure = Failure(report)
            return failure.mayPass ? .wait(policy.poll) : fail(failure)
        case .laid(let report, _): return phase(.restoring, restoring(report)) ?? .wait(policy.poll)
        case .running(let report?): return phase(.restoring, restoring(report)) ?? .verify(report)
        case .running(nil): return .verify(nil)
        }
    }

    private func restoring(_ report: AgentReport) -> News { News(reason: "Restoring", message: report.message) }

    /// Nil when it is that already.
    private func phase(_ phase: EtcdRestore.Phase, _ news: News?) -> RestoreStep? {
        restore.status?.phase == phase ? nil : .write(restore.inPhase(phase, at: now), news)
    }

    private func fail(_ failure: Failure) -> RestoreStep {
        .write(restore.failed(failure, at: now), News(failure))
    }

    private func isOver(_ policy: RestorePolicy) -> Bool {
        guard let start = restore.startTime else { return false }
        return now.timeIntervalSince(start) > (restore.restoreTimeout + policy.slack) / .seconds(1)
    }

    /// A controller before this one may have met it. Not while the member's pod tells more.
    private var persistedSetback: Failure? {
        switch pod {
        case nil where cluster == nil, .running: restore.setback
        default: nil
        }
    }

    private var late: Failure {
        let limit = "not done within spec.restoreTimeout, \(restore.restoreTimeout)"
        if let setback = setback ?? persistedSetback {
            return Failure(reason: setback.reason, message: "\(limit): \(setback.message)", mayPass: false)
        }
        let what: String
        switch pod {
        case nil where restore.status?.snapshotLocation == nil: what = "the snapshot was not proved"
        case nil where cluster == nil: what = "the EtcdCluster could not be made"
        case nil: what = "the operator made no pod \(restore.targetName)-0; a pod that is refused shows in its Events"
        case .waiting(let reason): what = "pod \(restore.targetName)-0 waits" + (reason.map { ": \($0)" } ?? "")
        case .laying: what = "the snapshot was still being laid"
        case .laid(_, let trouble?):
            return Failure(
                reason: .memberNotRestored, message: "\(limit): the data lies there, and etcd does not run: \(trouble)",
                mayPass: false)
        default: what = "the restored member did not answer"
        }
        return Failure(reason: .timedOut, message: "\(limit): \(what)", mayPass: false)
    }
}

/// Which restore a cluster comes of, as its annotations say. Not an owner reference: a record that is deleted must never
/// take the data with it.
struct Lineage: Hashable, Sendable {
    static let restore = "etcdrecover.operator.etcd.io/restore"
    static let restoreUID = "etcdrecover.operator.etcd.io/restore-uid"
    static let source = "etcdrecover.operator.etcd.io/restored-from"

    var uid: String

    init?(of cluster: EtcdCluster) {
        guard let uid = cluster.metadata.annotations?[Self.restoreUID] else { return nil }
        self.uid = uid
    }
}

extension EtcdRestore {
    var targetName: String { spec?.target?.name ?? "" }

    /// The spec's, else the default.
    var restoreTimeout: Duration {
        let text = spec?.restoreTimeout ?? ""
        return ((try? GoDuration(parsing: text.isEmpty ? "10m" : text)) ?? .seconds(600)).duration
    }
}
