/// What observations of one moment say of the cluster's votes, before anything is concluded.
struct QuorumEvidence {
    /// One for each member of the cluster; none when there are several clusters.
    let answers: [MemberStatus]
    /// The members as the most advanced answer knows them; empty when there is no list.
    let members: [Member]
    /// Of observations that count for nothing, and why.
    let disregarded: [String]
    /// More than one cluster answered.
    let isAmbiguous: Bool
    /// Where nobody answered.
    private let silent: Set<String>

    init(_ observations: [MemberObservation]) {
        let answered = observations.filter { $0.answer != nil }
        isAmbiguous = Set(answered.compactMap(\.answer?.header.cluster)).count > 1
        // Two endpoints may lead to one member.
        var seen: Set<MemberID> = []
        answers = isAmbiguous ? [] : answered.compactMap(\.answer).filter { seen.insert($0.header.member).inserted }
        members =
            isAmbiguous
            ? []
            : answered.filter { (try? $0.list.get()) != nil }
                .max { Self.age($0) < Self.age($1) }
                .flatMap { try? $0.list.get().members } ?? []
        silent = Set(observations.filter { $0.answer == nil }.map(\.endpoint.url))
        disregarded = observations.compactMap { [isAmbiguous] observation in
            switch observation.status {
            case .failure(let error): "\(error)"
            case .success(let status) where isAmbiguous:
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

    /// Voters that must agree.
    var quorum: Int { voters.count / 2 + 1 }

    /// Whom a majority follows in one term, whatever others have counted up to alone; else whom voters name in the newest
    /// term that any has. What a learner says does not count: it never finds out that its leader is gone.
    var leader: MemberID? { support.first?.leader }

    /// Voters that name the leader in its term.
    var followers: Int { support.count }

    private var support: [MemberStatus] {
        let byTerm = Dictionary(grouping: answeringVoters, by: \.raftTerm)
        func largest(_ statuses: [MemberStatus]) -> [MemberStatus] {
            Dictionary(grouping: statuses.filter { $0.leader != nil }, by: \.leader).values
                .max { $0.count < $1.count } ?? []
        }
        if let majority = byTerm.values.map(largest).first(where: { $0.count >= quorum }) { return majority }
        return byTerm.keys.max().flatMap { byTerm[$0] }.map(largest) ?? []
    }

    func name(of id: MemberID) -> String {
        let name = members.first { $0.id == id }?.name ?? ""
        return name.isEmpty ? "member \(id)" : name
    }

    private func names(of members: [Member]) -> [String] {
        members.map { name(of: $0.id) }.sorted()
    }

    /// Of one that did not answer. An endpoint that no member advertises may be anyone's.
    private func wasAsked(_ member: Member) -> Bool {
        !silent.isDisjoint(with: member.clientURLs) || !silent.isSubset(of: members.flatMap(\.clientURLs))
    }

    /// What is worth knowing beside the conclusion.
    var notes: [String] {
        let answered = Set(answers.map(\.header.member))
        let listed = Set(members.map(\.id))
        let absent = answers.isEmpty ? [] : voters.filter { !answered.contains($0.id) }
        let removed = members.isEmpty ? [] : answered.subtracting(listed).sorted()
        let learners = members.filter { $0.isLearner && answered.contains($0.id) }
        let unasked = absent.filter { !wasAsked($0) }
        return names(of: absent.filter(wasAsked)).map { "\($0) has a vote and did not answer" }
            + names(of: unasked.filter { !$0.clientURLs.isEmpty }).map { "\($0) has a vote and was not asked" }
            + names(of: unasked.filter(\.clientURLs.isEmpty)).map {
                "\($0) has a vote and was not asked, since it advertises no client URL: it may never have been up"
            }
            + names(of: learners).map { "\($0) answers, but as a learner has no vote" }
            + removed.map { "member \($0) answers, but is no member any more" }
            + disregarded
    }
}
