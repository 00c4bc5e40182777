import EtcdClient
import EtcdRecoverModel

/// The verdict on a cluster's quorum, with the members it was read from.
struct QuorumReport: Sendable {
    var verdict: QuorumVerdict
    var survey: ClusterSurvey

    /// Between two looks.
    private static let pause = Duration.seconds(1)

    /// Looks until there is a quorum or there has been none for `patience`, all looks the same; at least once. What says
    /// something else each time is given up after a while.
    static func observe(
        _ access: EtcdAccess, _ client: EtcdClient, discovers: Bool, patience: Duration
    ) async throws -> QuorumReport {
        let begin = ContinuousClock.now
        var watch = QuorumWatch<ContinuousClock.Instant>(
            grace: patience == .zero ? quorumGracePeriod : patience, size: access.size)
        while true {
            let start = ContinuousClock.now
            let survey = try await access.survey(client, discovers: discovers)
            var verdict = watch.judge(survey.observations, from: start, to: .now)
            verdict.reasons = verdict.reasons.map(access.naming)
            let report = QuorumReport(verdict: verdict, survey: survey)
            // A leader that may be left over is waited for: it goes, or is one.
            let isSettled = verdict.state != .unconfirmed && watch.sustained.map { $0 >= patience } ?? false
            if verdict.canDecide || patience == .zero || isSettled
                || start - begin >= max(patience, staleLeaderPeriod) * 3
            {
                return report
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Where endpoints lead to several clusters, the list of one says nothing about the others' members.
    private var rows: [MemberRow] {
        let clusters = Set(survey.observations.compactMap(\.answer?.header.cluster))
        return clusters.count > 1 ? survey.rows.filter { $0.status != nil } : survey.rows
    }

    func text(_ style: Style) -> String {
        let state = style.paint(verdict.state.words, verdict.canDecide ? .green : .red)
        var text = "\(state)\n"
        for reason in verdict.reasons { text += "  - \(reason.printable())\n" }
        let known = rows.filter { $0.id != nil }
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
            "reasons": .array(verdict.reasons.map { .string($0) }), "members": .array(rows.map(\.json)),
        ])
    }
}

extension QuorumVerdict.State {
    var words: String {
        switch self {
        case .hasQuorum: "has quorum"
        case .unconfirmed: "unconfirmed"
        case .electing: "electing"
        case .leaderless: "no leader"
        case .suspected: "quorum loss suspected"
        case .lost: "quorum lost"
        case .singleMember: "single member"
        case .unknown: "unknown"
        }
    }
}
