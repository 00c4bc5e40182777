import EtcdClient
import EtcdRecoverModel

/// The verdict on a cluster's quorum, with the members it was read from.
struct QuorumReport: Sendable {
    var verdict: QuorumVerdict
    var survey: ClusterSurvey

    /// Between two looks.
    private static let pause = Duration.seconds(1)

    /// Looks until there is a quorum or `patience` has passed without one; at least once.
    static func observe(
        _ access: EtcdAccess, _ client: EtcdClient, discovers: Bool, patience: Duration
    ) async throws -> QuorumReport {
        let start = ContinuousClock.now
        while true {
            let survey = try await access.survey(client, discovers: discovers)
            let missing = ContinuousClock.now - start
            var verdict = judgingQuorum(
                survey.observations, missing: patience == .zero ? .zero : missing,
                grace: patience == .zero ? quorumGracePeriod : patience, size: access.size)
            verdict.reasons = verdict.reasons.map(access.naming)
            let report = QuorumReport(verdict: verdict, survey: survey)
            if verdict.canDecide || missing >= patience { return report }
            try await Task.sleep(for: pause)
        }
    }

    func text(_ style: Style) -> String {
        let state = style.paint(verdict.state.words, verdict.canDecide ? .green : .red)
        var text = "\(state)\n"
        for reason in verdict.reasons { text += "  - \(reason.printable())\n" }
        let known = survey.rows.filter { $0.id != nil }
        guard !known.isEmpty else { return text }
        return text + "\n" + Self.table(of: known).text()
    }

    private static func table(of rows: [MemberRow]) -> Table {
        Table(
            columns: ["ID", "NAME", "STATUS", "ROLE", "LEADER", "TERM", "INDEX", "APPLIED", "REVISION"],
            rows: rows.map { row in
                let head = [row.id?.description ?? "", row.name, row.state.rawValue, row.role]
                guard let status = row.status else { return (head + ["", "", "", "", ""]).map { $0.printable() } }
                let raft = [status.raftTerm, status.raftIndex, status.raftAppliedIndex].map(\.description)
                let leader = status.leader?.description ?? "none"
                return (head + [leader] + raft + [status.header.revision.description]).map { $0.printable() }
            })
    }

    /// A contract: fields may be added. What is not known is absent.
    var json: JSONValue {
        .object(present: [
            "state": .string(verdict.state.rawValue), "canDecide": .bool(verdict.canDecide),
            "voters": verdict.voters.map { .int(Int64($0)) }, "answering": .int(Int64(verdict.answering)),
            "quorum": verdict.quorum.map { .int(Int64($0)) },
            "reasons": .array(verdict.reasons.map { .string($0) }), "members": .array(survey.rows.map(\.json)),
        ])
    }
}

extension QuorumVerdict.State {
    var words: String {
        switch self {
        case .hasQuorum: "has quorum"
        case .electing: "electing"
        case .suspected: "quorum loss suspected"
        case .lost: "quorum lost"
        case .singleMember: "single member"
        case .unknown: "unknown"
        }
    }
}
