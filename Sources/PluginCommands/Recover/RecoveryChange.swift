import EtcdRecoverModel

/// How the state that a person saw differs from the one there is now, a sentence each.
struct RecoveryChange: Hashable, Sendable {
    var lines: [String]

    init(from old: EtcdRecovery, to new: EtcdRecovery) {
        lines = []
        let (before, after) = (Self.members(old), Self.members(new))
        let names = Self.names(old) + Self.names(new).filter { before[$0] == nil }
        for name in names {
            switch (before[name], after[name]) {
            case (let one?, let other?): lines += Self.differences(name, one, other)
            case (_?, nil): lines.append("\(name) is no member any more")
            case (nil, _?): lines.append("\(name) is a member now")
            case (nil, nil): break
            }
        }
        if old.status?.observed?.permanent != new.status?.observed?.permanent {
            lines.append(
                new.status?.observed?.permanent == true
                    ? "the missing members cannot come back by themselves any more"
                    : "the missing members may come back by themselves now")
        }
        if old.status?.survivor?.name != new.status?.survivor?.name {
            let names = [old, new].map { $0.status?.survivor?.name ?? "nobody" }
            lines.append("\(names[1]) would be kept, and not \(names[0])")
        }
        if lines.isEmpty { lines.append("what differs is not among what is shown, such as where the rescue copies go") }
    }

    private static func members(_ recovery: EtcdRecovery) -> [String: EtcdRecovery.Member] {
        Dictionary((recovery.status?.observed?.members ?? []).map { ($0.name, $0) }) { first, _ in first }
    }

    private static func names(_ recovery: EtcdRecovery) -> [String] {
        (recovery.status?.observed?.members ?? []).map(\.name)
    }

    private static func differences(
        _ name: String, _ old: EtcdRecovery.Member, _ new: EtcdRecovery.Member
    ) -> [String] {
        var lines: [String] = []
        if old.reachable != new.reachable {
            lines.append("\(name) \(new.reachable ? "answers now" : "does not answer any more")")
        }
        func compare(_ what: String, _ one: String?, _ other: String?) {
            if one != other { lines.append("\(name): \(what) \(one ?? "unknown") is now \(other ?? "unknown")") }
        }
        compare("revision", old.revision.map(String.init), new.revision.map(String.init))
        compare("index", old.raftIndex.map(String.init), new.raftIndex.map(String.init))
        compare("volume", old.volume ?? "none", new.volume ?? "none")
        return lines
    }
}
