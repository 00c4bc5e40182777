import EtcdRecoverModel

/// What is said of a recovery that has ended: what was kept, what was read back, what lies where, and what is left to do.
struct RecoveryAccount: Sendable {
    var recovery: EtcdRecovery
    /// For the commands that it names: ` -n databases`.
    var flags = ""

    private var name: String { recovery.metadata.name ?? "" }
    private var status: EtcdRecovery.Status? { recovery.status }

    var text: String {
        var text = "recovery/\(name) of \(recovery.clusterName) \(ending)\n"
        if let loss = status?.dataLoss {
            text += Self.section(
                "Data", [loss.message, loss.recoveredTime.map { "writable again since \($0.rawValue)" }])
        }
        text += Self.section("Read back", [verified])
        text += Self.section("Rescue copies", (status?.rescueCopies ?? []).map(\.sentence))
        if (status?.attempts ?? 0) > 0 {
            text += Self.section(
                "Moved aside",
                [
                    "what each member had: on its volume, in .etcdrecover-aside/\(recovery.metadata.uid ?? "UID")-ATTEMPT in its "
                        + "data directory. Remove it by hand, when nobody needs it any more"
                ])
        }
        return (text + Self.section("Next", next)).printable(keepsLayout: true)
    }

    private var ending: String {
        let message = status?.message.map { ": \($0)" } ?? ""
        return switch status?.phase {
        case .completed?: "completed\(message)"
        case .failed?: "failed\(message)"
        case .cancelled?: "was cancelled\(message)"
        case let phase?: "is \(phase.rawValue)\(message)"
        case nil: "has not been taken up by a controller"
        }
    }

    private var verified: String? {
        guard let found = status?.verification else { return nil }
        let members = found.members.map { "\($0) members" } ?? "the members"
        let facts = [
            found.clusterID.map { "cluster \($0)" }, found.revision.map { "revision \($0)" },
            found.keyspaceHash.map { "HashKV \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        let agree = found.matches == true ? "agree" : "do NOT agree"
        return "\(members) \(agree)" + (facts.isEmpty ? "" : ": \(facts)")
    }

    private var next: [String?] {
        let command = "kubectl etcdrecover recover"
        switch status?.phase {
        case .completed?, .failed?:
            let isOpen = status?.conditions?[EtcdRecovery.dataLossPossible]?.status == "True"
            let acknowledge = isOpen ? "when you have read this: \(command) acknowledge \(name)\(flags)" : nil
            guard status?.phase == .failed else {
                return [
                    acknowledge, "back it up: kubectl etcdrecover backup create --cluster \(recovery.clusterName) …",
                ]
            }
            return [
                acknowledge,
                "see docs/quorum-loss.md for what stands, then try again: \(command) \(recovery.clusterName)\(flags)",
            ]
        default: return []
        }
    }

    private static func section(_ title: String, _ lines: [String?]) -> String {
        let lines = lines.compactMap(\.self)
        return lines.isEmpty ? "" : "\(title):\n" + lines.map { "  - \($0)\n" }.joined()
    }
}

extension EtcdRecovery.RescueCopy {
    fileprivate var sentence: String {
        let facts = [sizeBytes.map { "\($0) bytes" }, revision.map { "revision \($0)" }].compactMap(\.self)
        return "\(member): \(location)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
    }
}
