import EtcdRecoverModel
import FoundationEssentials
import Synchronization

/// What the last step of each recovery failed with, until the next decision has seen it; and whose copies were tried in
/// vain.
final class RecoveryMemory: Sendable {
    private struct Entry {
        var setback: Failure?
        var lostSince: ContinuousClock.Instant?
        /// Times that the members were not what was kept.
        var mismatches = 0
        var uncopied: [String: (Failure, since: Date)] = [:]
        /// Times on end that an etcd had a member's data open.
        var locks: [String: Int] = [:]
    }

    private let entries = Mutex<[ObjectName: Entry]>([:])
    /// A copy that failed is tried again after this long.
    private static let patience: Double = 20
    /// So often an etcd that keeps ending is not met while it runs.
    private static let locks = 3

    func note(_ failure: Failure, _ name: ObjectName) {
        entries.withLock { $0[name, default: Entry()].setback = failure }
    }
    func countMismatch(_ name: ObjectName) -> Int {
        entries.withLock { entries in
            entries[name, default: Entry()].mismatches += 1
            return entries[name]?.mismatches ?? 0
        }
    }
    func noteUncopied(_ member: String, _ failure: Failure, _ name: ObjectName) {
        entries.withLock { entries in
            entries[name, default: Entry()].uncopied[member] = (failure, Date())
            let count = entries[name]?.locks[member] ?? 0
            entries[name]?.locks[member] = failure.reason == .memberRuns ? count + 1 : 0
        }
    }
    /// For how long looks have found it lost; nil where this one has not.
    func time(ofLoss isLost: Bool, _ name: ObjectName) -> Duration? {
        entries.withLock { entries in
            let since = isLost ? entries[name]?.lostSince ?? .now : nil
            entries[name, default: Entry()].lostSince = since
            return since.map { .now - $0 }
        }
    }

    func forget(_ name: ObjectName) { entries.withLock { $0[name] = nil } }

    func take(_ name: ObjectName) -> (Failure?, [String: Failure], locked: Set<String>) {
        entries.withLock { entries in
            guard var entry = entries[name] else { return (nil, [:], []) }
            let setback = entry.setback.take()
            entry.uncopied = entry.uncopied.filter {
                !$0.value.0.mayPass || Date().timeIntervalSince($0.value.since) < Self.patience
            }
            entries[name] = entry
            let locked = entry.locks.filter { $0.value >= Self.locks }.keys
            return (setback, entry.uncopied.mapValues(\.0), Set(locked))
        }
    }
}
