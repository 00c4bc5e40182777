import EtcdRecoverModel

/// What a recovery is going to do, said of an EtcdRecovery that awaits its approval. Values only.
struct RecoveryPlan: Hashable, Sendable {
    var cluster: String
    /// In the order in which they happen.
    var steps: [String]
    var kept: [String]
    var lost: [String]
    /// Members that answer and are not kept, the one that knows most first.
    var runnersUp: [RunnerUp]
    /// Why approving would be of no use yet; nil where it would.
    var obstacle: String?

    struct RunnerUp: Hashable, Sendable {
        var name: String
        /// Of what the survivor has; below zero where this one has more.
        var entriesBehind: Int64?
        var revisionsBehind: Int64?

        var sentence: String {
            let entries = entriesBehind.map { Self.gap($0, "entry", "entries") }
            let revisions = revisionsBehind.map { Self.gap($0, "revision", "revisions") }
            let known = [entries, revisions].compactMap(\.self)
            return known.isEmpty ? "\(name): what it has is not known" : "\(name): \(known.joined(separator: ", "))"
        }

        private static func gap(_ count: Int64, _ one: String, _ many: String) -> String {
            switch count {
            case 0: "the same \(one)"
            case 1...: "\(count) \(count == 1 ? one : many) behind it"
            default: "\(-count) \(count == -1 ? one : many) AHEAD of it, which only its rescue copy keeps"
            }
        }
    }

    /// - Parameter backedUpTo: where the newest completed backup of the cluster went; rescue copies go there where the recovery
    ///   names no place.
    init(_ recovery: EtcdRecovery, backedUpTo: Destination?) {
        cluster = recovery.clusterName
        let status = recovery.status
        let members = status?.observed?.members ?? []
        let answering = members.filter(\.reachable).map(\.name)
        let silent = members.filter { !$0.reachable }.map(\.name)
        let survivor = status?.survivor
        let isFromVolume = survivor?.fromVolume == true
        let chosen = status?.destination ?? recovery.spec?.destination
        // Written by the controller where it found no other place, whoever may list backups.
        let isOnVolume = chosen == nil && status?.rescueServer != nil
        let place = isOnVolume ? nil : (chosen ?? backedUpTo)?.place
        let folder =
            isOnVolume
            ? "the controller's own volume"
            : place.map { "\($0)\(recovery.clusterName).rescue/\(recovery.metadata.name ?? "")/" }
        runnersUp = members.filter { $0.reachable && $0.name != survivor?.name }
            .sorted { ($0.raftIndex ?? 0, $0.raftTerm ?? 0) > ($1.raftIndex ?? 0, $1.raftTerm ?? 0) }
            .map { RunnerUp($0, survivor) }
        obstacle =
            survivor == nil
            ? "no member is left that could be kept" : isFromVolume || folder != nil ? nil : Self.noPlace
        steps = []
        kept = []
        lost = []
        guard let survivor else { return }
        if !answering.isEmpty {
            let to = folder ?? "a place that is not chosen yet"
            let end = isOnVolume ? "this EtcdRecovery, acknowledged" : "them"
            steps.append(
                "Rescue copies of \(answering.listed) go to \(to), each checked. Nothing is changed before they are there, "
                    + "and they stay until a person deletes \(end).")
        }
        // Without a store the first member reads what it has itself, once it was stopped.
        let isCopied = isFromVolume && survivor.readInPlace != true
        if isCopied, let folder {
            steps.append(
                "A pod beside \(survivor.name) reads its volume, and the database on it goes to \(folder), checked. Nothing is "
                    + "changed before it is there.")
        }
        steps += Self.stopping(recovery, members.map(\.name))
        steps += Self.laying(recovery, survivor, isCopied: isCopied || !isFromVolume)
        steps.append(
            "All members are read back: one cluster ID, no revision below "
                + "\(survivor.revision.map(String.init) ?? "what was kept"), and the same HashKV everywhere.")
        kept = Self.kept(survivor)
        lost = Self.lost(survivor, silent, runnersUp)
    }

    private static let noPlace =
        "there is no place for the rescue copies: no backup of the cluster was completed, and the recovery names none. Give "
        + "--provider and --bucket"

    private static func stopping(_ recovery: EtcdRecovery, _ names: [String]) -> [String] {
        let scaled = "the StatefulSet \(recovery.clusterName) is scaled to one replica"
        return switch recovery.status?.layout {
        case .statefulSet?: ["All members stop: \(scaled), and the pods \(names.listed) are deleted. No volume is."]
        default: ["All members stop: the pods \(names.listed) are deleted. No volume is."]
        }
    }

    private static func laying(
        _ recovery: EtcdRecovery, _ survivor: EtcdRecovery.Survivor, isCopied: Bool
    ) -> [String] {
        let first = "\(recovery.clusterName)-0"
        let source =
            isCopied ? "the rescue copy of \(survivor.name)" : "the database on its own volume"
        let aside =
            "moved aside on its own volume, into .etcdrecover-aside in its data directory, and never deleted"
        guard recovery.status?.layout != .plain else {
            return [
                "Every member starts from \(source), as a new cluster with a new ID. What each had is \(aside)."
            ]
        }
        return [
            "\(first) starts from \(source), alone, as a new cluster with a new ID, and takes writes again. What it had is "
                + "\(aside).",
            "The etcd-operator adds the others back one by one, as learners that become voters. What each had is \(aside).",
        ]
    }

    private static func kept(_ survivor: EtcdRecovery.Survivor) -> [String] {
        guard survivor.fromVolume != true else {
            return ["what the database on the volume of \(survivor.name) holds"]
        }
        let facts = [
            survivor.revision.map { "revision \($0)" }, survivor.raftIndex.map { "raft index \($0)" },
        ].compactMap(\.self)
        let detail = facts.isEmpty ? "" : ", \(facts.joined(separator: " and "))"
        return ["everything that \(survivor.name) has applied\(detail)"]
    }

    private static func lost(
        _ survivor: EtcdRecovery.Survivor, _ silent: [String], _ others: [RunnerUp]
    ) -> [String] {
        var lost: [String] = []
        for other in others where (other.entriesBehind ?? 0) < 0 {
            lost.append("\(-(other.entriesBehind ?? 0)) entries that \(other.name) has and \(survivor.name) has not")
        }
        if survivor.fromVolume == true {
            lost.append(
                "writes that \(survivor.name) had acknowledged shortly before its etcd ended, where only its log has them: how "
                    + "many, is told when it is read")
        }
        if !silent.isEmpty {
            lost.append(
                "writes that only \(silent.listed) had acknowledged: how many cannot be known, since nobody that answers has "
                    + "heard of them")
        }
        if lost.isEmpty { lost.append("nothing that anybody who answers knows of") }
        return lost
    }
}

extension RecoveryPlan.RunnerUp {
    fileprivate init(_ member: EtcdRecovery.Member, _ survivor: EtcdRecovery.Survivor?) {
        func behind(_ own: Int64?, _ kept: Int64?) -> Int64? {
            guard let own, let kept else { return nil }
            return kept - own
        }
        name = member.name
        entriesBehind = behind(member.raftIndex, survivor?.raftIndex)
        revisionsBehind = behind(member.revision, survivor?.revision)
    }
}

extension EtcdRecovery {
    var clusterName: String { spec?.clusterRef ?? "" }
}

extension Destination {
    /// `s3://bucket/prefix/`; nil where it names no bucket.
    var place: String? {
        let bucket = s3?.bucket ?? gcs?.bucket
        let folder = prefix.map { $0.hasSuffix("/") || $0.isEmpty ? $0 : $0 + "/" } ?? ""
        return bucket.map { "\(s3 == nil ? "gs" : "s3")://\($0)/\(folder)" }
    }
}

extension [String] {
    /// `a`, `a and b`, `a, b and c`.
    var listed: String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
