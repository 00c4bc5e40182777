/// What one endpoint answered, or why it did not. That is an observation, too, and no error.
package struct MemberObservation: Sendable {
    package var endpoint: EtcdEndpoint
    package var status: Result<MemberStatus, EtcdError>
    /// The members as this one knows them.
    package var list: Result<MemberList, EtcdError>
    /// Of its keyspace at a revision that all have; `nil` when not asked for.
    package var hash: Result<KeyspaceHash, EtcdError>?
    /// From the question to the status.
    package var latency: Duration

    package init(
        endpoint: EtcdEndpoint, status: Result<MemberStatus, EtcdError>, list: Result<MemberList, EtcdError>,
        hash: Result<KeyspaceHash, EtcdError>? = nil, latency: Duration = .zero
    ) {
        self.endpoint = endpoint
        self.status = status
        self.list = list
        self.hash = hash
        self.latency = latency
    }

    /// The answer, where there is one.
    package var answer: MemberStatus? { try? status.get() }

    package var failure: EtcdError? { if case .failure(let error) = status { error } else { nil } }
}

extension EtcdClient {
    /// Asks all endpoints at once, each within the client's deadline, for their status and member list, and with `hashing`
    /// for the hash of their keyspaces at the newest revision that all who answered have. Works without quorum. In the
    /// order of the endpoints; throws nothing but `CancellationError`.
    package func observeMembers(hashing: Bool = false) async throws -> [MemberObservation] {
        var observations = try await atEveryEndpoint { client, endpoint in
            let start = ContinuousClock.now
            let status = try await client.attempt { try await $0.status() }
            let latency = ContinuousClock.now - start
            // Who did not answer this will not answer that.
            let list: Result<MemberList, EtcdError> =
                switch status {
                case .success: try await client.attempt { try await $0.memberList() }
                case .failure(let error): .failure(error)
                }
            return MemberObservation(endpoint: endpoint, status: status, list: list, latency: latency)
        }
        guard hashing, let revision = observations.compactMap(\.answer?.header.revision).min() else {
            return observations
        }
        let answering = Set(observations.filter { $0.answer != nil }.map(\.endpoint))
        let hashes = try await atEveryEndpoint { client, endpoint in
            answering.contains(endpoint) ? try await client.attempt { try await $0.hashKV(at: revision) } : nil
        }
        for index in observations.indices { observations[index].hash = hashes[index] }
        return observations
    }

    private func atEveryEndpoint<Answer: Sendable>(
        _ ask: @escaping @Sendable (EtcdClient, EtcdEndpoint) async throws -> Answer
    ) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            for (index, endpoint) in endpoints.enumerated() {
                group.addTask { (index, try await ask(at(endpoint), endpoint)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// For a client of one endpoint, whose failures are `EtcdError` or cancellation.
    private func attempt<Answer: Sendable>(
        _ ask: (EtcdClient) async throws -> Answer
    ) async throws -> Result<Answer, EtcdError> {
        do { return .success(try await ask(self)) } catch let error as EtcdError { return .failure(error) }
    }
}
