import EtcdRecoverModel
import KubernetesClient
import Synchronization

/// Waiting for one object of ours.
struct JobWait<Kind: Job>: Sendable {
    enum Ending: Hashable, Sendable {
        case reached(Progress?)
        /// The goal cannot be reached any more, and why.
        case unreachable(String)
        case deleted
        /// With the last phase seen, and why nothing newer is known, where that is so.
        case timedOut(phase: String?, trouble: String?)
        case interrupted
    }

    var client: KubernetesClient
    var name: String
    var goal: WaitGoal
    /// Zero looks once and does not wait.
    var timeout: Duration
    /// Flags for the commands that hints name: ` --context prod`.
    var flags = ""
    /// Whether it is over, where the goal does not say it.
    var judge: (@Sendable (Kind) -> WaitGoal.Verdict)?

    /// Follows the object until the goal is reached or cannot be. Throws when there is no such object, when the API
    /// server cannot be asked to begin with, and what it says that waiting does not mend. `interrupts` ends the wait, not
    /// the work.
    func run(
        reporting line: ProgressLine, until interrupts: some AsyncSequence<Int32, Never> & Sendable = Interrupts()
    ) async throws -> Ending {
        if timeout == .zero { return try await look() }
        let last = LastSight()
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask { try await follow(line, last) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return .timedOut(phase: last.phase, trouble: last.trouble)
            }
            group.addTask {
                for await _ in interrupts { return .interrupted }
                return nil
            }
            group.addTask {
                await line.spin()
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }

    private func look() async throws -> Ending {
        guard let object = try await current() else { return .reached(nil) }
        return ending(object) ?? .timedOut(phase: object.progress.phase, trouble: nil)
    }

    /// The object as it is; nil when there is none and that is the goal.
    private func current() async throws -> Kind? {
        do {
            return try await client.get(name: name)
        } catch let error as KubernetesError where error.isNotFound {
            if goal == .deleted { return nil }
            let namespace = client.configuration.namespace
            let place = flags.hasPrefix(" -n ") ? flags : " -n \(namespace)" + flags
            throw CommandFailure(
                "\(Kind.commandName) \"\(name)\" not found in namespace \(namespace)",
                hint: "kubectl etcdrecover \(Kind.commandName) list\(place) shows what there is")
        }
    }

    private func follow(_ line: ProgressLine, _ last: LastSight) async throws -> Ending {
        // A watch goes on through any failure to connect, which at the very beginning is more likely a wrong address.
        guard let first = try await current() else { return .reached(nil) }
        last.see(first.progress.phase)
        line.show(first.progress)
        if let ending = ending(first) { return ending }
        let options = WatchOptions(onInterruption: { error, pause in
            let reason = "\(error)".printable()
            line.note("note: the watch was interrupted and goes on in \(pause): \(reason)")
            last.miss(reason)
        })
        let events = client.watch(
            Kind.self, in: .namespace(client.configuration.namespace), matching: .name(name), options: options)
        for try await event in events {
            let object: Kind
            switch event {
            case .listed(let objects, _):
                guard let present = objects.first else { return gone }
                object = present
            case .added(let changed), .modified(let changed): object = changed
            case .deleted: return gone
            case .bookmark:
                last.catchUp()
                continue
            }
            // Another object of that name is not the one we wait for.
            if object.metadata.uid != first.metadata.uid { return gone }
            last.see(object.progress.phase)
            line.show(object.progress)
            if let ending = ending(object) { return ending }
        }
        throw CancellationError()
    }

    private var gone: Ending { goal == .deleted ? .reached(nil) : .deleted }

    private func ending(_ object: Kind) -> Ending? {
        switch judge?(object) ?? goal.verdict(on: object.progress, phases: Kind.phases) {
        case .waiting: nil
        case .reached: .reached(object.progress)
        case .unreachable(let reason): .unreachable(reason)
        }
    }

}

/// What a wait has seen last, for the message when its time is up.
private final class LastSight: Sendable {
    private let state = Mutex((phase: String?.none, trouble: String?.some("the API server has not answered yet")))

    var phase: String? { state.withLock { $0.phase } }
    /// Why what is known may be out of date.
    var trouble: String? { state.withLock { $0.trouble } }

    func see(_ phase: String?) { state.withLock { $0 = (phase, nil) } }
    func catchUp() { state.withLock { $0.trouble = nil } }
    func miss(_ reason: String) { state.withLock { $0.trouble = "the latest interruption of the watch: \(reason)" } }
}

extension JobWait.Ending {
    /// The sentence for success, or the failure that the command ends with. `subject`: `backup/nightly`; `flags` are for
    /// the commands that hints name.
    func outcome(
        _ subject: String, goal: WaitGoal, timeout: Duration, flags: String = ""
    ) throws(CommandFailure) -> String {
        switch self {
        case .reached(let progress):
            switch (goal, progress?.result) {
            case (.phase("Completed"), let result?): return "\(subject) completed: \(result)"
            case (.phase(let phase), _): return "\(subject) \(phase.lowercased())"
            case (.condition, _): return "\(subject) condition met"
            case (.deleted, _): return "\(subject) deleted"
            }
        case .unreachable(let reason):
            throw CommandFailure(
                "\(subject) \(reason)", hint: "see: kubectl etcdrecover \(describing(subject))\(flags)")
        case .deleted:
            throw CommandFailure("\(subject) was deleted while it was waited for")
        case .timedOut(let phase, let trouble):
            let known = phase.map { trouble == nil ? "its phase is \($0)" : "its phase was \($0)" }
            let facts = [known, trouble].compactMap(\.self)
            let state = facts.isEmpty ? "no controller has taken it up yet" : facts.joined(separator: "; ")
            throw CommandFailure(
                timeout == .zero
                    ? "\(subject) has not reached \(goal): \(state)"
                    : "\(subject) did not reach \(goal) within \(timeout.text): \(state)",
                hint: (phase == nil ? "" : "the work goes on; ")
                    + "wait for more: kubectl etcdrecover wait \(subject)\(flags)", status: .timeout)
        case .interrupted:
            throw CommandFailure(
                "interrupted: stopped waiting for \(subject); the work itself goes on",
                hint: "wait again: kubectl etcdrecover wait \(subject)\(flags)", status: .interrupted)
        }
    }

    private func describing(_ subject: String) -> String {
        subject.replacing("/", with: " describe ", maxReplacements: 1)
    }
}

extension Duration {
    /// As it is written on the command line: `90s`, `1h30m`.
    var text: String {
        let seconds = components.seconds
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")].filter { $0.0 > 0 }
        return parts.isEmpty ? "\(self)" : parts.map { "\($0.0)\($0.1)" }.joined()
    }
}
