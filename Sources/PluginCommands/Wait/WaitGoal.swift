import EtcdRecoverModel

/// What is waited for.
enum WaitGoal: Hashable, Sendable, CustomStringConvertible {
    /// One of the kind's phases, as it is spelled there.
    case phase(String)
    case condition(type: String, status: String)
    case deleted

    /// `Completed`, `condition=Succeeded`, `condition=Succeeded=False` or `delete`, in any case. Nil when `text` is none
    /// of these.
    init?(_ text: String, phases: [String]) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first?.lowercased(), parts.count) {
        case ("condition", 2...3) where !parts[1].isEmpty:
            self = .condition(type: parts[1], status: parts.count == 3 ? parts[2] : "True")
        case ("delete", 1): self = .deleted
        default:
            guard let phase = phases.first(where: { $0.lowercased() == text.lowercased() }) else { return nil }
            self = .phase(phase)
        }
    }

    var description: String {
        switch self {
        case .phase(let phase): phase
        case .condition(let type, let status): "condition \(type)=\(status)"
        case .deleted: "deletion"
        }
    }

    enum Verdict: Hashable, Sendable {
        case waiting
        case reached
        /// It cannot be reached any more, and why.
        case unreachable(String)
    }

    /// `phases` in the order in which they are passed; a phase that was passed counts as reached.
    func verdict(on progress: Progress, phases: [String]) -> Verdict {
        switch self {
        case .deleted:
            return .waiting
        case .phase(let wanted):
            if progress.phase == wanted { return .reached }
            if progress.hasFailed { return .unreachable(failure(progress)) }
            if wanted == Progress.failedPhase {
                return progress.isTerminal ? .unreachable("ended as \(progress.phase ?? "")") : .waiting
            }
            // Called off: neither what comes before nor what comes after is reached any more.
            if progress.isTerminal, progress.phase != "Completed" {
                let why = progress.message.map { ": " + $0 } ?? ""
                return .unreachable("ended as \(progress.phase ?? "")\(why)")
            }
            if progress.isTerminal, wanted == EtcdRecovery.Phase.cancelled.rawValue {
                return .unreachable("ended as \(progress.phase ?? "")")
            }
            guard let current = progress.phase.flatMap(phases.firstIndex), let goal = phases.firstIndex(of: wanted)
            else { return .waiting }
            return current > goal ? .reached : .waiting
        case .condition(let type, let status):
            let condition = progress.conditions.first { $0.type.lowercased() == type.lowercased() }
            if condition?.status.lowercased() == status.lowercased() { return .reached }
            guard progress.isTerminal else { return .waiting }
            return .unreachable(
                progress.hasFailed
                    ? failure(progress)
                    : "ended as \(progress.phase ?? "") with \(type) \(condition?.status ?? "not set")")
        }
    }

    private func failure(_ progress: Progress) -> String {
        progress.message.map { "failed: " + $0 } ?? "failed, and its status does not say why"
    }
}
