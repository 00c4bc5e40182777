package import CoreMetrics
import EtcdRecoverModel
import FoundationEssentials

/// What restores count. All series exist from the start.
package final class RestoreMetrics: Sendable {
    private let successes: Counter
    private let failures: [Failure.Reason: Counter]
    private let injections: Counter
    private let duration: CoreMetrics.Timer

    package init(factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "etcdrecover_\(name)", dimensions: dimensions, factory: factory)
        }
        successes = counter("restores_total", [("result", "Completed"), ("reason", RestoreConditions.restored)])
        failures = Dictionary(
            uniqueKeysWithValues: Failure.Reason.ofRestores.map {
                ($0, counter("restores_total", [("result", "Failed"), ("reason", $0.rawValue)]))
            })
        injections = counter("restore_targets_armed_total")
        duration = CoreMetrics.Timer(label: "etcdrecover_restore_duration_seconds", dimensions: [], factory: factory)
    }

    /// What each metric means, for expositions.
    static let help = [
        "etcdrecover_restores_total": "EtcdRestores that ended.",
        "etcdrecover_restore_targets_armed_total": "Targets that were made with their pods passing by the webhook.",
        "etcdrecover_restore_duration_seconds": "From a restore's creation to its completion.",
    ]

    func armed() { injections.increment() }

    func ended(_ restore: EtcdRestore, _ status: EtcdRestore.Status) {
        let reason = status.conditions?[SucceededCondition.type]?.reason ?? ""
        guard status.phase == .completed else {
            return failures[Failure.Reason(rawValue: reason) ?? .internalError]?.increment() ?? ()
        }
        successes.increment()
        if let created = restore.metadata.creationTimestamp?.date, let ended = status.completionTime?.date {
            duration.recordNanoseconds(Int64(ended.timeIntervalSince(created) * 1e9))
        }
    }
}
