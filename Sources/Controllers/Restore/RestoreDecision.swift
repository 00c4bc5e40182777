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
    var setback: RestoreFailure?
    var now: Date
}

/// How far the pod of the first member is.
enum MemberPodState: Hashable, Sendable {
    /// Without our init container: its data are none of this restore.
    case notInjected
    /// Not scheduled yet, or its image on the way: why, where Kubernetes says it.
    case waiting(String?)
    case laying
    case laid(AgentReport)
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
    case write(EtcdRestore.Status, RestoreNews?)
    /// Look at the snapshot and the target, and record where the snapshot is.
    case prove
    /// Have the pods of the target pass by us, see that they do, and only then have them made.
    case create
    case verify(AgentReport?)
}

/// What is said of a change.
struct RestoreNews: Hashable, Sendable {
    var isWarning = false
    var reason: String
    var message: String
}

extension RestoreObservation {
    func nextStep(_ policy: RestorePolicy) -> RestoreStep {
        let status = restore.status
        guard restore.metadata.deletionTimestamp == nil, status?.phase?.isTerminal != true else { return .rest }
        guard status?.phase != nil, restore.startTime != nil else {
            return .write(
                restore.begun(at: now),
                RestoreNews(reason: "Started", message: "looking at the snapshot and the target"))
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
                .downloading, RestoreNews(reason: "Downloading", message: "the first member's data are being laid"))
                ?? .wait(policy.poll)
        case .notInjected:
            return fail(
                RestoreFailure(
                    reason: .memberNotRestored,
                    message: "pod \(restore.targetName)-0 started without our init container, so its data are none of "
                        + "this restore's: delete the EtcdCluster and restore anew", mayPass: false))
        case .crashed(let reason):
            return fail(
                RestoreFailure(
                    reason: .memberNotRestored,
                    message: "the init container that lays the data ended without a report: \(reason)", mayPass: false))
        case .failed(let report):
            let failure = RestoreFailure(report)
            return failure.mayPass ? .wait(policy.poll) : fail(failure)
        case .laid(let report), .running(let report?):
            return phase(.restoring, RestoreNews(reason: "Restoring", message: report.message))
                ?? (isRunning ? .verify(report) : .wait(policy.poll))
        case .running(nil): return .verify(nil)
        }
    }

    private var isRunning: Bool { if case .running = pod { true } else { false } }

    /// Nil when it is that already.
    private func phase(_ phase: EtcdRestore.Phase, _ news: RestoreNews?) -> RestoreStep? {
        restore.status?.phase == phase ? nil : .write(restore.inPhase(phase), news)
    }

    private func fail(_ failure: RestoreFailure) -> RestoreStep {
        .write(
            restore.failed(failure, at: now),
            RestoreNews(isWarning: true, reason: failure.reason.rawValue, message: failure.message))
    }

    private func isOver(_ policy: RestorePolicy) -> Bool {
        guard let start = restore.startTime else { return false }
        return now.timeIntervalSince(start) > (restore.restoreTimeout + policy.slack) / .seconds(1)
    }

    private var late: RestoreFailure {
        let limit = "not done within spec.restoreTimeout, \(restore.restoreTimeout)"
        if let setback {
            return RestoreFailure(reason: setback.reason, message: "\(limit): \(setback.message)", mayPass: false)
        }
        let what: String
        switch pod {
        case nil where cluster == nil: what = "the EtcdCluster could not be made"
        case nil: what = "the operator made no pod \(restore.targetName)-0; a pod that is refused shows in its Events"
        case .waiting(let reason): what = "pod \(restore.targetName)-0 waits" + (reason.map { ": \($0)" } ?? "")
        case .laying: what = "the snapshot was still being laid"
        default: what = "the restored member did not answer"
        }
        return RestoreFailure(reason: .timedOut, message: "\(limit): \(what)", mayPass: false)
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
