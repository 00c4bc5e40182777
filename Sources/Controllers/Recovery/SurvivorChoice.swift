import EtcdClient
import EtcdRecoverModel

extension ClusterEvidence {
    /// The member whose data are kept: the one that is asked for, else of those that answer the one that has applied most.
    ///
    /// What was applied was agreed on by a majority and is totally ordered; a term may have been counted up by a member
    /// alone that knows less. Where nobody answers it is one whose volume can be read before anything is stopped, and without
    /// any the first member, whose agent reads what it finds.
    func survivor(asked name: String?) -> EtcdRecovery.Survivor? {
        let voters = members.filter { $0.status?.isLearner == false }
        if let name, !name.isEmpty {
            guard let seen = self[name] else { return nil }
            if seen.status != nil { return recorded(seen) }
            return isRecoverableFromVolume(seen) ? fromVolume(seen) : nil
        }
        if let best = voters.max(by: { $0.knowsLess(than: $1) }) { return recorded(best) }
        return (members.first(where: isCopiedFromVolume) ?? members.first(where: isReadInPlace)).map(fromVolume)
    }

    /// Others that answered, the one that knows most first.
    func runnersUp(to survivor: String) -> [Seen] {
        members.filter { $0.status != nil && $0.name != survivor }.sorted { $1.knowsLess(than: $0) }
    }

    private func isRecoverableFromVolume(_ seen: Seen) -> Bool { isCopiedFromVolume(seen) || isReadInPlace(seen) }

    /// Whether a pod beside it can put its database into the store.
    func isCopiedFromVolume(_ seen: Seen) -> Bool {
        copiesVolumes && seen.volume == .bound && seen.pod?.isPlaced == true && seen.pod?.isLeaving == false
            && !seen.isHeard
    }

    /// Only the first member is laid where its own volume is.
    func isReadInPlace(_ seen: Seen) -> Bool { seen.ordinal == 0 && seen.volume == .bound && layout != .plain }

    private func fromVolume(_ seen: Seen) -> EtcdRecovery.Survivor {
        var survivor = EtcdRecovery.Survivor(name: seen.name)
        survivor.ordinal = Int64(seen.ordinal)
        survivor.fromVolume = true
        survivor.readInPlace = isCopiedFromVolume(seen) ? nil : true
        return survivor
    }

    private func recorded(_ seen: Seen) -> EtcdRecovery.Survivor {
        var survivor = EtcdRecovery.Survivor(name: seen.name)
        survivor.ordinal = Int64(seen.ordinal)
        survivor.memberID = seen.status?.header.member.description
        survivor.revision = seen.status?.header.revision.rawValue
        survivor.raftTerm = seen.status.map { Int64(clamping: $0.raftTerm) }
        survivor.raftIndex = seen.status.map { Int64(clamping: $0.raftAppliedIndex) }
        return survivor
    }
}

extension ClusterEvidence.Seen {
    fileprivate func knowsLess(than other: Self) -> Bool {
        func rank(_ seen: Self) -> (UInt64, UInt64, Int) {
            (seen.status?.raftAppliedIndex ?? 0, seen.status?.raftTerm ?? 0, -seen.ordinal)
        }
        return rank(self) < rank(other)
    }
}
