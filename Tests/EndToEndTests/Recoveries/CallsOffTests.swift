import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// A majority that comes back by itself.
    @Suite struct CallsOff {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `members that restart, one or all at once, are no loss`(_ layout: OperatorStandIn.Layout) async throws {
            try await LostCluster.run(layout) { cluster in
                for ordinals in [[0], [0, 1], [0, 1, 2]] {
                    for pod in ordinals.map({ "main-\($0)" }) { try await cluster.kill(pod) }
                    try await cluster.standIn.wait(forVoters: 3, of: "main")
                }
                let phases = try await cluster.recoveries().map { $0.status?.phase }
                #expect(phases.allSatisfy { $0 == .cancelled || $0 == .detecting }, "\(phases)")
                for recovery in try await cluster.recoveries() { #expect(recovery.status?.approval == nil) }
            }
        }
    }
}
