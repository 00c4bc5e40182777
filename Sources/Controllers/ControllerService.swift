import ServiceLifecycle

/// Controllers as a service: they run while this process leads, and where it is the only one by design, at once.
package struct ControllerService: Service {
    private let election: LeaderElection?
    private let onLoss: @Sendable () -> Void
    private let run: @Sendable () async throws -> Void

    /// `onLoss` is told the moment leadership is lost, before the work has ended.
    package init(
        election: LeaderElection?, onLoss: @escaping @Sendable () -> Void = {},
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.election = election
        self.onLoss = onLoss
        run = work
    }

    package func run() async throws {
        guard let election else { return try await run() }
        try await election.run(onLoss: onLoss, run)
    }
}
