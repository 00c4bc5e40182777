import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// One recovery, taken from where it stands to its end, with a person beside it.
struct RecoveryRun: Sendable {
    var objects: RecoveryObjects
    var cluster: String
    /// The cluster as it was typed.
    var typed: String
    /// For the commands that are named: ` -n databases`.
    var flags: String
    var output: DataFormat?
    /// Of waiting for the evidence, and then once more for the end: reading takes as long as it takes.
    var limit: Duration

    /// How long a change of the spec may take to show in the status; what is approved is the digest that is shown in any case.
    private static let patience = Duration.seconds(20)

    private var console: Console { objects.console }

    /// Waits until there is something to decide, or nothing any more.
    func awaitEvidence(of recovery: EtcdRecovery) async throws -> EtcdRecovery {
        let generation = recovery.metadata.generation ?? 0
        if recovery.status?.phase == .awaitingApproval, recovery.status?.observedGeneration ?? 0 < generation {
            let end = ContinuousClock.now + Self.patience
            while .now < end {
                try await Task.sleep(for: .milliseconds(500))
                let now = try await objects.get(recovery.metadata.name ?? "")
                if now.status?.observedGeneration ?? 0 >= generation { break }
            }
        }
        return try await wait(for: recovery) { recovery in
            RecoveryStage(recovery) == .detecting ? .waiting : .reached
        }
    }

    /// With `--plan`. Throws the exit status where there is nothing to recover.
    func show(_ recovery: EtcdRecovery) async throws {
        let view = await view(of: recovery)
        guard case .ended(let phase) = RecoveryStage(recovery) else {
            return try console.print(output.map { view.json.rendered(as: $0) } ?? view.text(console.style(.output)))
        }
        try console.print(
            output.map { view.json.rendered(as: $0) } ?? RecoveryAccount(recovery: recovery, flags: flags).text)
        throw status(of: recovery, phase).exitCode
    }

    /// Returns when it is approved, by this person or before. Throws the outcome where it has ended.
    func approve(_ recovery: EtcdRecovery, expecting expected: String?) async throws -> EtcdRecovery {
        var shown = recovery
        while true {
            switch RecoveryStage(shown) {
            case .ended: try await finish(shown)
            case .underWay:
                console.note("recovery/\(shown.metadata.name ?? "") is approved already".printable())
                return shown
            case .detecting: shown = try await awaitEvidence(of: shown)
            case .awaiting(let digest):
                let view = await view(of: shown)
                let text = view.text(console.style(output == nil ? .output : .diagnostics))
                if output == nil { try console.print(text) } else { console.note(text) }
                if let obstacle = view.plan.obstacle {
                    throw CommandFailure("\(cluster) cannot be recovered yet: \(obstacle)")
                }
                if let expected {
                    guard digest == expected else {
                        throw CommandFailure(
                            "the state is \(digest), and not \(expected) that --expect-digest names: nothing was approved",
                            hint: "read what is shown above, and approve that with --expect-digest \(digest)")
                    }
                } else {
                    try confirm(shown)
                }
                // It may have changed while it was read.
                let current = try await objects.get(shown.metadata.name ?? "")
                if RecoveryStage(current) == .awaiting(digest: digest) {
                    return try await objects.approve(current, digest: digest)
                }
                if case .awaiting = RecoveryStage(current) {
                    let lines = RecoveryChange(from: shown, to: current).lines.map { "\n  \($0)" }.joined()
                    guard expected == nil else {
                        throw CommandFailure("the state has changed meanwhile, and nothing was approved:\(lines)")
                    }
                    console.warning(
                        "the state has changed meanwhile, and nothing was approved:\(lines)".printable(
                            keepsLayout: true))
                }
                shown = current
            }
        }
    }

    /// With `--no-wait`.
    func leave(_ recovery: EtcdRecovery) throws {
        let name = recovery.metadata.name ?? ""
        try console.print("recovery/\(name) approved".printable())
        console.note("follow it: kubectl etcdrecover wait recovery/\(name)\(flags)".printable())
    }

    /// Follows what was approved to its end.
    func follow(_ recovery: EtcdRecovery) async throws {
        let digest = recovery.spec?.approvedDigest
        let ended = try await wait(for: recovery) { recovery in
            switch RecoveryStage(recovery) {
            case .ended: return .reached
            case .awaiting(let now) where now != digest:
                return .unreachable(
                    "was approved for a state that has changed before anything was done, so that the approval counts for "
                        + "nothing; run the same command again to see the state as it is")
            default: return .waiting
            }
        }
        try await finish(ended)
    }

    /// The account, and the exit status that it comes to.
    private func finish(_ recovery: EtcdRecovery) async throws -> Never {
        let account = RecoveryAccount(recovery: recovery, flags: flags).text
        if let output {
            let object: WholeObject<EtcdRecovery> = try await objects.client.get(name: recovery.metadata.name ?? "")
            try console.print(object.shown.rendered(as: output))
            console.note(account)
        } else {
            try console.print(account)
        }
        throw status(of: recovery, recovery.status?.phase ?? .failed).exitCode
    }

    private func status(of recovery: EtcdRecovery, _ phase: EtcdRecovery.Phase) -> ExitStatus {
        switch phase {
        case .completed: .success
        case .cancelled where recovery.spec?.aborted != true: .nothingToDo
        default: .failure
        }
    }
}

// MARK: - Asking and waiting

extension RecoveryRun {
    private func view(of recovery: EtcdRecovery) async -> RecoveryView {
        let place = recovery.spec?.destination == nil ? await objects.backedUpTo(cluster) : nil
        return RecoveryView(recovery, backedUpTo: place, now: .now)
    }

    private func confirm(_ recovery: EtcdRecovery) throws {
        let digest = recovery.status?.observed?.digest ?? ""
        let answer = try TerminalPrompt.answer(
            to: "Type the name of the cluster, \(cluster), to approve this state: ",
            without: "for scripts: kubectl etcdrecover recover \(typed)\(flags) --yes --expect-digest \(digest)")
        guard answer == cluster || answer == typed else {
            throw CommandFailure(
                "\"\(answer)\" is not \(cluster): nothing was approved, and nothing was changed",
                hint:
                    "the recovery goes on waiting; to call it off: kubectl etcdrecover recover abort \(cluster)\(flags)"
            )
        }
    }

    private func wait(
        for recovery: EtcdRecovery, until judge: @escaping @Sendable (EtcdRecovery) -> WaitGoal.Verdict
    ) async throws -> EtcdRecovery {
        let name = recovery.metadata.name ?? ""
        let subject = "recovery/\(name)"
        let goal = WaitGoal.phase(EtcdRecovery.Phase.completed.rawValue)
        let wait = JobWait<EtcdRecovery>(
            client: objects.client, name: name, goal: goal, timeout: limit, flags: flags, judge: judge)
        let ending = try await wait.run(reporting: ProgressLine(subject, on: console))
        guard case .reached = ending else {
            _ = try ending.outcome(subject, goal: goal, timeout: limit, flags: flags)
            return recovery
        }
        return try await objects.get(name)
    }
}
