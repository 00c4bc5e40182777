package import CoreMetrics
import EtcdRecoverModel
import FoundationEssentials

/// What restores count. All series exist from the start.
package final class RestoreMetrics: Sendable {
    private let successes: Counter
    private let failures: [RestoreFailure.Reason: Counter]
    private let injections: Counter
    private let duration: CoreMetrics.Timer

    package init(factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "etcdrecover_\(name)", dimensions: dimensions, factory: factory)
        }
        successes = counter("restores_total", [("result", "Completed"), ("reason", RestoreConditions.restored)])
        failures = Dictionary(
            uniqueKeysWithValues: RestoreFailure.Reason.allCases.map {
                ($0, counter("restores_total", [("result", "Failed"), ("reason", $0.rawValue)]))
            })
        injections = counter("restore_targets_armed_total")
        duration = CoreMetrics.Timer(label: "etcdrecover_restore_duration_seconds", dimensions: [], factory: factory)
    }

    func armed() { injections.increment() }

    func ended(_ restore: EtcdRestore, _ status: EtcdRestore.Status) {
        let reason = status.conditions?[RestoreConditions.succeeded]?.reason ?? ""
        guard status.phase == .completed else {
            return failures[RestoreFailure.Reason(rawValue: reason) ?? .internalError]?.increment() ?? ()
        }
        successes.increment()
        if let created = restore.metadata.creationTimestamp?.date, let ended = status.completionTime?.date {
            duration.recordNanoseconds(Int64(ended.timeIntervalSince(created) * 1e9))
        }
    }
}
