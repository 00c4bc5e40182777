import EtcdRecoverModel

/// `backup/nightly`: an object of one of our kinds, by any of the names kubectl takes for a kind.
struct WaitTarget: Hashable, Sendable {
    enum Kind: Sendable, CaseIterable {
        case backup, restore, recovery

        var type: any Job.Type {
            switch self {
            case .backup: EtcdBackup.self
            case .restore: EtcdRestore.self
            case .recovery: EtcdRecovery.self
            }
        }
    }

    var kind: Kind
    var name: String
}

extension WaitTarget {
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty,
            let kind = Kind.allCases.first(where: { $0.type.answers(to: parts[0].lowercased()) })
        else { return nil }
        self.init(kind: kind, name: parts[1])
    }
}

extension Job {
    /// Whether `word` names this kind: `backup`, `etcdbackup`, `etcdbackups`, a short name, with or without the group.
    fileprivate static func answers(to word: String) -> Bool {
        let plain = plural.hasPrefix("etcd") ? String(plural.dropFirst(4)) : plural
        let names = [commandName, plain, kind.lowercased(), plural] + shortNames
        return names.contains { word == $0 || word == "\($0).\(group)" || word == "\($0).\(version).\(group)" }
    }
}
