import EtcdRecoverModel
import FoundationEssentials

/// What a person sees before approving: the evidence and the plan.
struct RecoveryView: Sendable {
    var recovery: EtcdRecovery
    var plan: RecoveryPlan
    var now: Date

    init(_ recovery: EtcdRecovery, backedUpTo: Destination?, now: Date) {
        self.recovery = recovery
        self.now = now
        plan = RecoveryPlan(recovery, backedUpTo: backedUpTo)
    }

    private var observed: EtcdRecovery.Observed? { recovery.status?.observed }

    func text(_ style: Style = .plain) -> String {
        let painted: [(String, Style.Color)] = [(lossText, .red), (Self.mayPass, .yellow), (Self.notYet, .red)]
        return painted.reduce((evidence + "\n" + steps).printable(keepsLayout: true)) { text, words in
            text.replacing(words.0, with: style.paint(words.0, words.1), maxReplacements: 1)
        }
    }

    private var lossText: String { "\(plan.cluster) has lost its majority" }
    private static let mayPass =
        "The missing members may come back by themselves: where a node is on its way back, wait for it."
    private static let notYet = "It cannot be approved yet"

    private var evidence: String {
        let since = recovery.status?.detectedTime.map { " since \($0.rawValue) (\($0.age(now: now)))" } ?? ""
        var text = "\(lossText)\(since)\n"
        text += (observed?.reasons ?? []).map { "  - \($0)\n" }.joined()
        text +=
            observed?.permanent == true
            ? "The missing members cannot come back by themselves, as far as Kubernetes tells.\n" : Self.mayPass + "\n"
        guard let members = observed?.members, !members.isEmpty else { return text }
        return text + "\n" + table(members).text()
    }

    private func table(_ members: [EtcdRecovery.Member]) -> Table {
        Table(
            columns: ["MEMBER", "ANSWERS", "LAST HEARD", "ROLE", "TERM", "INDEX", "REVISION", "POD", "VOLUME"],
            rows: members.map { member in
                let numbers = [member.raftTerm, member.raftIndex, member.revision].map { $0.map(String.init) ?? "" }
                let heard = member.lastHeardTime.map { $0.age(now: now) + " ago" } ?? "never"
                let role = member.learner.map { $0 ? "learner" : "voter" } ?? ""
                return [member.name, member.reachable ? "yes" : "no", heard, role] + numbers
                    + [member.pod ?? "", member.volume ?? "none"]
            })
    }

    private var steps: String {
        var text = ""
        if let survivor = recovery.status?.survivor {
            text += "Kept are the data of \(survivor.name): \(reason(for: survivor)).\n"
            text += plan.runnersUp.map { "  - \($0.sentence)\n" }.joined() + "\n"
        }
        if !plan.steps.isEmpty {
            text += "What will be done:\n"
            text += plan.steps.enumerated().map { "  \($0.offset + 1). \($0.element)\n" }.joined()
            text += "What is kept:\n" + plan.kept.map { "  - \($0)\n" }.joined()
            text += "What is lost:\n" + plan.lost.map { "  - \($0)\n" }.joined() + "\n"
        }
        if let obstacle = plan.obstacle { text += "\(Self.notYet): \(obstacle)\n" }
        if let digest = observed?.digest { text += "State: \(digest)\n" }
        return text
    }

    private func reason(for survivor: EtcdRecovery.Survivor) -> String {
        if recovery.spec?.survivor == survivor.name { return "spec.survivor asks for it" }
        return survivor.fromVolume == true ? "its etcd does not answer, and its volume is there" : "it has applied most"
    }

    /// A contract: fields may be added. What is not known is absent.
    var json: JSONValue {
        let status = recovery.status
        return .object(present: [
            "recovery": recovery.metadata.name.map { .string($0) },
            "namespace": recovery.metadata.namespace.map { .string($0) },
            "cluster": .string(plan.cluster), "phase": status?.phase.map { .string($0.rawValue) },
            "message": status?.message.map { .string($0) }, "digest": observed?.digest.map { .string($0) },
            "detectedTime": status?.detectedTime.map { .string($0.rawValue) },
            "layout": status?.layout.map { .string($0.rawValue) },
            "permanent": .bool(observed?.permanent == true),
            "reasons": .array((observed?.reasons ?? []).map { .string($0) }),
            "members": .array((observed?.members ?? []).map(\.json)),
            "survivor": status?.survivor.map(\.json), "runnersUp": .array(plan.runnersUp.map(\.json)),
            "steps": .array(plan.steps.map { .string($0) }), "kept": .array(plan.kept.map { .string($0) }),
            "lost": .array(plan.lost.map { .string($0) }), "obstacle": plan.obstacle.map { .string($0) },
            "approvable": .bool(plan.obstacle == nil && observed?.digest != nil),
        ])
    }
}

extension EtcdRecovery.Member {
    fileprivate var json: JSONValue {
        .object(present: [
            "name": .string(name), "memberID": memberID.map { .string($0) }, "reachable": .bool(reachable),
            "learner": learner.map { .bool($0) }, "lastHeardTime": lastHeardTime.map { .string($0.rawValue) },
            "revision": revision.map { .int($0) }, "raftTerm": raftTerm.map { .int($0) },
            "raftIndex": raftIndex.map { .int($0) }, "pod": pod.map { .string($0) },
            "volume": volume.map { .string($0) },
        ])
    }
}

extension EtcdRecovery.Survivor {
    fileprivate var json: JSONValue {
        .object(present: [
            "name": .string(name), "memberID": memberID.map { .string($0) }, "revision": revision.map { .int($0) },
            "raftTerm": raftTerm.map { .int($0) }, "raftIndex": raftIndex.map { .int($0) },
            "fromVolume": .bool(fromVolume == true),
        ])
    }
}

extension RecoveryPlan.RunnerUp {
    fileprivate var json: JSONValue {
        .object(present: [
            "name": .string(name), "entriesBehind": entriesBehind.map { .int($0) },
            "revisionsBehind": revisionsBehind.map { .int($0) },
        ])
    }
}
