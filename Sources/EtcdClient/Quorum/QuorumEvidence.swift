/// What observations of one moment say of the cluster's votes, before anything is concluded.
struct QuorumEvidence {
    /// Answers of the cluster in question.
    let answers: [MemberStatus]
    /// The members as the most advanced answer knows them; empty when there is no list.
    let members: [Member]
    /// Of observations that count for nothing, and why.
    let disregarded: [String]
    /// More than one cluster answered, and none of them with more members than the others.
    let isAmbiguous: Bool

    init(_ observations: [MemberObservation]) {
        let byCluster = Dictionary(grouping: observations.filter { $0.answer != nil }) {
            $0.answer?.header.cluster ?? ClusterID(rawValue: 0)
        }
        let most = byCluster.values.map(\.count).max() ?? 0
        let largest = byCluster.filter { $0.value.count == most }
        isAmbiguous = largest.count > 1
        let (cluster, chosen) = largest.count == 1 ? largest.first.map { ($0.key, $0.value) } ?? (nil, []) : (nil, [])
        // Two endpoints may lead to one member.
        var seen: Set<MemberID> = []
        answers = chosen.compactMap(\.answer).filter { seen.insert($0.header.member).inserted }
        members =
            chosen.filter { (try? $0.list.get()) != nil }
            .max { Self.age($0) < Self.age($1) }
            .flatMap { try? $0.list.get().members } ?? []
        disregarded = observations.compactMap { observation in
            switch observation.status {
            case .failure(let error): "\(error)"
            case .success(let status) where status.header.cluster != cluster:
                "\(observation.endpoint) belongs to cluster \(status.header.cluster)"
            case .success: nil
            }
        }
    }

    private static func age(_ observation: MemberObservation) -> UInt64 {
        observation.answer?.raftAppliedIndex ?? 0
    }

    var voters: [Member] { members.filter { !$0.isLearner } }

    /// Without those that were removed but still run.
    var answeringVoters: [MemberStatus] {
        let ids = Set(voters.map(\.id))
        return answers.filter { ids.contains($0.header.member) }
    }

    /// The leader that voters follow, of the newest term that has one. What a learner says does not count: it never finds
    /// out that its leader is gone.
    var leader: MemberID? {
        answeringVoters.filter { $0.leader != nil }.max { $0.raftTerm < $1.raftTerm }?.leader
    }

    func name(of id: MemberID) -> String {
        let name = members.first { $0.id == id }?.name ?? ""
        return name.isEmpty ? "member \(id)" : name
    }

    private func names(of members: [Member]) -> [String] {
        members.map { name(of: $0.id) }.sorted()
    }

    /// What is worth knowing beside the conclusion.
    var notes: [String] {
        let answered = Set(answers.map(\.header.member))
        let listed = Set(members.map(\.id))
        let absent = isAmbiguous || answers.isEmpty ? [] : voters.filter { !answered.contains($0.id) }
        let removed = members.isEmpty ? [] : answered.subtracting(listed).sorted()
        let learners = members.filter { $0.isLearner && answered.contains($0.id) }
        return names(of: absent).map { "\($0) has a vote and did not answer" }
            + names(of: learners).map { "\($0) answers, but as a learner has no vote" }
            + removed.map { "member \($0) answers, but is no member any more" }
            + disregarded
    }
}
