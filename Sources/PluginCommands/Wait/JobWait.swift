import EtcdRecoverModel
import KubernetesClient

/// Waiting for one EtcdBackup or EtcdRestore.
struct JobWait<Kind: Job>: Sendable {
    enum Ending: Hashable, Sendable {
        case reached(Progress?)
        /// The goal cannot be reached any more, and why.
        case unreachable(String)
        case deleted
        /// With the last phase seen.
        case timedOut(phase: String?)
        case interrupted
    }

    var client: KubernetesClient
    var name: String
    var goal: WaitGoal
    /// Zero looks once and does not wait.
    var timeout: Duration

    /// Follows the object until the goal is reached or cannot be. Throws when there is no such object, and what the API
    /// server says that waiting does not mend. `interrupts` ends the wait, not the work.
    func run(
        reporting line: ProgressLine, until interrupts: some AsyncSequence<Int32, Never> & Sendable = Interrupts()
    ) async throws -> Ending {
        if timeout == .zero { return try await look() }
        let last = LastPhase()
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask { try await follow(line, last) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return .timedOut(phase: await last.phase)
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
        do {
            let object: Kind = try await client.get(name: name)
            return ending(object.progress) ?? .timedOut(phase: object.progress.phase)
        } catch let error as KubernetesError where error.isNotFound && goal == .deleted {
            return .reached(nil)
        }
    }

    private func follow(_ line: ProgressLine, _ last: LastPhase) async throws -> Ending {
        var uid: String?
        let options = WatchOptions(onInterruption: { error, pause in
            line.note("note: the watch was interrupted and goes on in \(pause): \(error)".printable())
        })
        let events = client.watch(
            Kind.self, in: .namespace(client.configuration.namespace), matching: .name(name), options: options)
        for try await event in events {
            let object: Kind
            switch event {
            case .listed(let objects, _):
                guard let present = objects.first else {
                    if goal == .deleted { return .reached(nil) }
                    if uid != nil { return .deleted }
                    throw CommandFailure(
                        "\(Kind.commandName) \"\(name)\" not found in namespace \(client.configuration.namespace)",
                        hint: "kubectl etcdrecover \(Kind.commandName) list -n \(client.configuration.namespace) shows "
                            + "what there is")
                }
                object = present
            case .added(let changed), .modified(let changed): object = changed
            case .deleted: return goal == .deleted ? .reached(nil) : .deleted
            case .bookmark: continue
            }
            // Another object of that name is not the one we wait for.
            if let uid, uid != object.metadata.uid { return goal == .deleted ? .reached(nil) : .deleted }
            uid = object.metadata.uid
            await last.set(object.progress.phase)
            line.show(object.progress)
            if let ending = ending(object.progress) { return ending }
        }
        throw CancellationError()
    }

    private func ending(_ progress: Progress) -> Ending? {
        switch goal.verdict(on: progress, phases: Kind.phases) {
        case .waiting: nil
        case .reached: .reached(progress)
        case .unreachable(let reason): .unreachable(reason)
        }
    }

    private actor LastPhase {
        private(set) var phase: String?
        func set(_ phase: String?) { self.phase = phase }
    }
}

extension JobWait.Ending {
    /// The sentence for success, or the failure that the command ends with. `subject`: `backup/nightly`.
    func outcome(_ subject: String, goal: WaitGoal, timeout: Duration) throws(CommandFailure) -> String {
        switch self {
        case .reached(let progress):
            switch (goal, progress?.result) {
            case (.phase("Completed"), let result?): return "\(subject) completed: \(result)"
            case (.phase(let phase), _): return "\(subject) \(phase.lowercased())"
            case (.condition, _): return "\(subject) condition met"
            case (.deleted, _): return "\(subject) deleted"
            }
        case .unreachable(let reason):
            throw CommandFailure("\(subject) \(reason)", hint: "see: kubectl etcdrecover \(describing(subject))")
        case .deleted:
            throw CommandFailure("\(subject) was deleted while it was waited for")
        case .timedOut(let phase):
            let state = phase.map { "its phase is \($0)" } ?? "no controller has taken it up yet"
            throw CommandFailure(
                timeout == .zero
                    ? "\(subject) has not reached \(goal): \(state)"
                    : "\(subject) did not reach \(goal) within \(timeout.text): \(state)",
                hint: "the work goes on; wait for more: kubectl etcdrecover wait \(subject)", status: .timeout)
        case .interrupted:
            throw CommandFailure(
                "interrupted: stopped waiting for \(subject); the work itself goes on",
                hint: "wait again: kubectl etcdrecover wait \(subject)", status: .interrupted)
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
