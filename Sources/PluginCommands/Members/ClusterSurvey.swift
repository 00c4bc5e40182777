import EtcdClient

/// What the members of a cluster answered at one moment, and what is known of those that did not. Local reads all: it needs
/// no quorum.
struct ClusterSurvey: Sendable {
    var observations: [MemberObservation]
    /// A line for each member in the order of their names, then for what the cluster's list does not have.
    var rows: [MemberRow]

    var answered: [MemberObservation] { observations.filter { $0.answer != nil } }
}

extension EtcdAccess {
    /// Asks all members at once. `discovers`: also those that only the others' lists name, at the URLs they advertise.
    func survey(_ client: EtcdClient, discovers: Bool) async throws -> ClusterSurvey {
        var observations = try await client.observeMembers()
        if discovers, reachesAdvertised {
            let further = furtherEndpoints(after: observations)
            if !further.isEmpty { observations += try await client.at(further).observeMembers() }
        }
        return ClusterSurvey(
            observations: observations, rows: MemberRow.rows(observations, through: self, discovers: discovers))
    }

    /// Of members that did not answer yet. Where the endpoints given are encrypted, none that is not is asked: it would
    /// see the password.
    private func furtherEndpoints(after observations: [MemberObservation]) -> [EtcdEndpoint] {
        let answered = Set(observations.compactMap { $0.answer?.header.member })
        let asked = Set(observations.map(\.endpoint.url))
        let takesPlain = links.contains { $0.endpoint?.url.hasPrefix("http://") == true }
        let serverName = links.first?.endpoint?.serverName
        return observations.newestList.filter { $0.isStarted && !answered.contains($0.id) }
            .flatMap(\.clientURLs)
            .filter { !asked.contains($0) && (takesPlain || $0.hasPrefix("https://")) }
            .map { EtcdEndpoint($0, serverName: serverName) }
    }
}

extension [MemberObservation] {
    /// The members as the most advanced answer knows them; empty when there is no list.
    var newestList: [Member] {
        let lists = compactMap { observation in
            (try? observation.list.get().members).map { ($0, observation.answer?.raftAppliedIndex ?? 0) }
        }
        return lists.max { $0.1 < $1.1 }?.0 ?? []
    }
}
