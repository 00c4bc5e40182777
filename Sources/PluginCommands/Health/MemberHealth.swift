import EtcdClient

/// One member's health: what it answers, and what that says is wrong.
struct MemberHealth: Sendable {
    enum Read: Sendable {
        /// Nil: not asked for, as of a learner.
        case answered(Duration)
        case failed(String)
    }

    var row: MemberRow
    /// Answered from what the member itself has; needs no quorum.
    var localRead: Read?
    /// Answered with the consent of a quorum; not asked of a learner.
    var quorumRead: Read?

    /// Share of the quota from which it is worth a warning.
    private static let fullness = 0.8

    /// Each as a sentence without a subject; empty for a healthy member.
    var problems: [String] {
        var problems: [String] = []
        switch row.state {
        case .answers: break
        case .unstarted: problems.append("was added and never started")
        case .unreachable: problems.append("gives no answer")
        case .unasked: return []
        }
        if case .failed(let reason) = localRead { problems.append("does not read its own data: \(reason)") }
        if case .failed(let reason) = quorumRead { problems.append("gets no quorum to read with: \(reason)") }
        problems += row.alarms.map { "has raised the alarm \($0.kind.rawValue)" }
        problems += row.errors.map { "reports: \($0)" }
        if row.status != nil, let trouble = row.trouble { problems.append(trouble) }
        return problems
    }

    /// Worth knowing, and no reason to call it unhealthy.
    var warnings: [String] {
        guard let status = row.status, let quota = status.databaseQuota, quota > 0 else { return [] }
        let share = Double(status.databaseSize) / Double(quota)
        guard share >= Self.fullness else { return [] }
        return [
            "its database fills \(Int(share * 100))% of its quota; at 100% etcd refuses writes: compact and defragment it"
        ]
    }
}

extension ClusterSurvey {
    /// Reads from every member that answered, all at once.
    func health(_ client: EtcdClient) async throws -> [MemberHealth] {
        try await withThrowingTaskGroup(of: (Int, MemberHealth).self) { group in
            for (index, row) in rows.enumerated() {
                group.addTask { (index, try await MemberHealth(reading: row, client)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension MemberHealth {
    fileprivate init(reading row: MemberRow, _ client: EtcdClient) async throws {
        self.row = row
        guard row.status != nil, let endpoint = row.endpoint else { return }
        let client = client.at(endpoint)
        async let local = Read(client, isSerializable: true)
        // etcd has learners answer nothing else.
        if !row.isLearner { quorumRead = try await Read(client, isSerializable: false) }
        localRead = try await local
    }
}

extension MemberHealth.Read {
    /// Of a key that need not be there. A refusal for lack of permission took the same way as an answer.
    fileprivate init(_ client: EtcdClient, isSerializable: Bool) async throws {
        let start = ContinuousClock.now
        do {
            _ = try await client.range(
                .key(Array("health".utf8)), RangeOptions(limit: 1, isSerializable: isSerializable, keysOnly: true))
            self = .answered(ContinuousClock.now - start)
        } catch let error as EtcdError where error.kind == .permissionDenied {
            self = .answered(ContinuousClock.now - start)
        } catch let error as EtcdError {
            self = .failed("\(error)")
        } catch let error as NoEndpointAnswered {
            self = .failed("\(error)")
        }
    }
}
