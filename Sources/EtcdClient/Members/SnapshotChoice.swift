/// The member to take a snapshot of, and why that one.
package struct SnapshotChoice: Sendable {
    package var endpoint: EtcdEndpoint
    package var member: MemberID
    package var status: MemberStatus
    /// In words: `a follower, 3 entries behind the leader`.
    package var reason: String
    /// The endpoints passed over, each with its reason; in the order of the endpoints.
    package var passedOver: [PassedOver]

    package struct PassedOver: Hashable, Sendable, CustomStringConvertible {
        package var endpoint: EtcdEndpoint
        package var reason: String

        package var description: String { "\(endpoint): \(reason)" }
    }
}

/// No endpoint's snapshot would be worth keeping.
package struct NoMemberForSnapshot: Error, Sendable, CustomStringConvertible {
    package var passedOver: [SnapshotChoice.PassedOver]

    package var description: String {
        "no member to take a snapshot of:" + passedOver.map { "\n  \($0)" }.joined()
    }
}

/// Raft entries that a follower may lack and still be preferred to the leader.
package let closeToLeader: UInt64 = 1000

/// Chooses without regard to endpoints that do not answer: backups must not stop because one member is down.
///
/// Out of the question are learners, members with a CORRUPT alarm, and whoever is of another cluster than the rest. Of the
/// others a follower close to the newest is taken before the leader, whose work it would disturb, and one that is further
/// behind last. Where nobody leads, or nobody who answers, the one that has applied most is taken: what was applied was
/// agreed on, whatever terms members have counted up to since.
package func choosingSnapshotMember(
    _ observations: [MemberObservation]
) throws(NoMemberForSnapshot) -> SnapshotChoice {
    let clusters = Set(observations.compactMap(\.answer?.header.cluster))
    let corrupt = Set(
        observations.compactMap(\.answer).flatMap(\.alarms).filter { $0.kind == .corrupt }.map(\.member))
    let leaders = Set(observations.compactMap(\.answer).filter(\.isLeader).map(\.header.member))
    var passedOver: [(index: Int, SnapshotChoice.PassedOver)] = []
    var candidates: [SnapshotCandidate] = []
    for (index, observation) in observations.enumerated() {
        switch refusal(of: observation, clusters: clusters, corrupt: corrupt) {
        case .success(let status):
            let isLed = status.leader.map(leaders.contains) ?? false
            candidates.append(
                SnapshotCandidate(index: index, endpoint: observation.endpoint, status: status, isLed: isLed))
        case .failure(let refusal):
            passedOver.append((index, .init(endpoint: observation.endpoint, reason: refusal.reason)))
        }
    }
    guard let newest = candidates.map(\.status.raftAppliedIndex).max(),
        let best = candidates.min(by: { $0.isBetter(than: $1, newest: newest) })
    else { throw NoMemberForSnapshot(passedOver: passedOver.map(\.1)) }
    for candidate in candidates where candidate.index != best.index {
        passedOver.append(
            (candidate.index, .init(endpoint: candidate.endpoint, reason: candidate.description(newest: newest))))
    }
    return SnapshotChoice(
        endpoint: best.endpoint, member: best.status.header.member, status: best.status,
        reason: best.description(newest: newest), passedOver: passedOver.sorted { $0.index < $1.index }.map(\.1))
}

private struct Refusal: Error {
    let reason: String
}

private func refusal(
    of observation: MemberObservation, clusters: Set<ClusterID>, corrupt: Set<MemberID>
) -> Result<MemberStatus, Refusal> {
    let status: MemberStatus
    switch observation.status {
    case .success(let answer): status = answer
    case .failure(let error): return .failure(Refusal(reason: "\(error)"))
    }
    guard clusters.count == 1 else {
        return .failure(
            Refusal(reason: "belongs to cluster \(status.header.cluster), and not all endpoints do; name those of one"))
    }
    if status.isLearner { return .failure(Refusal(reason: "a learner, which may be far behind")) }
    if corrupt.contains(status.header.member) { return .failure(Refusal(reason: "has a CORRUPT alarm")) }
    return .success(status)
}

private struct SnapshotCandidate {
    let index: Int
    let endpoint: EtcdEndpoint
    let status: MemberStatus
    /// By a leader that answers.
    let isLed: Bool

    func isBetter(than other: SnapshotCandidate, newest: UInt64) -> Bool {
        rank(newest) == other.rank(newest)
            ? (other.status.raftAppliedIndex, other.status.raftTerm, index)
                < (status.raftAppliedIndex, status.raftTerm, other.index)
            : rank(newest) < other.rank(newest)
    }

    /// The least is the best.
    private func rank(_ newest: UInt64) -> Int {
        // Without a leader the newest has what the others may lack; and one that is named may be dead.
        guard isLed else { return 2 }
        if status.isLeader { return 1 }
        return lag(newest) <= closeToLeader ? 0 : 3
    }

    private func lag(_ newest: UInt64) -> UInt64 { newest - status.raftAppliedIndex }

    func description(newest: UInt64) -> String {
        let role = status.leader == nil ? "knows no leader" : status.isLeader ? "the leader" : "a follower"
        let lag = lag(newest)
        return lag == 0 ? role : "\(role), \(lag) entries behind"
    }
}
