import CoreMetrics
import EtcdRecoverModel
import FoundationEssentials

/// What recoveries count. All series exist from the start.
final class RecoveryMetrics: Sendable {
    private let ended: [EtcdRecovery.Phase: Counter]
    private let attempts: Counter
    private let detected: Counter
    private let copies: Counter
    private let unresolved: Meter
    private let unacknowledged: Meter
    private let duration: CoreMetrics.Timer

    init(factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "etcdrecover_\(name)", dimensions: dimensions, factory: factory)
        }
        func meter(_ name: String) -> Meter { Meter(label: "etcdrecover_\(name)", dimensions: [], factory: factory) }
        let phases: [EtcdRecovery.Phase] = [.completed, .cancelled, .failed]
        ended = Dictionary(
            uniqueKeysWithValues: phases.map { ($0, counter("recoveries_total", [("result", $0.rawValue)])) })
        attempts = counter("recovery_attempts_total")
        detected = counter("quorum_losses_detected_total")
        copies = counter("rescue_copies_total")
        unresolved = meter("clusters_without_quorum")
        unacknowledged = meter("recoveries_unacknowledged")
        duration = CoreMetrics.Timer(label: "etcdrecover_recovery_duration_seconds", dimensions: [], factory: factory)
    }

    /// What each metric means, for expositions.
    static let help = [
        "etcdrecover_recoveries_total": "EtcdRecoveries that ended.",
        "etcdrecover_recovery_attempts_total": "Times that the members of a cluster were stopped to be rebuilt.",
        "etcdrecover_quorum_losses_detected_total":
            "Times that a majority was found to be missing, and an EtcdRecovery made.",
        "etcdrecover_rescue_copies_total": "Snapshots taken of members whose majority was gone.",
        "etcdrecover_clusters_without_quorum":
            "EtcdRecoveries that are not ended: each is a cluster without a majority.",
        "etcdrecover_recoveries_unacknowledged": "Recovered clusters whose possible loss nobody has acknowledged.",
        "etcdrecover_recovery_duration_seconds": "From the approval of a recovery to its completion.",
    ]

    func wasDetected() { detected.increment() }
    func copied() { copies.increment() }
    func began() { attempts.increment() }

    func end(_ status: EtcdRecovery.Status) {
        guard let phase = status.phase else { return }
        ended[phase]?.increment()
        if phase == .completed, let start = status.approval?.time.date, let end = status.completionTime?.date {
            duration.recordNanoseconds(Int64(end.timeIntervalSince(start) * 1e9))
        }
    }

    func observe(_ recoveries: [EtcdRecovery]) {
        unresolved.set(recoveries.count { $0.status?.phase?.isTerminal == false })
        unacknowledged.set(
            recoveries.count { $0.status?.conditions?[EtcdRecovery.dataLossPossible]?.status == "True" })
    }
}
