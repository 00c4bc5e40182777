import EtcdRecoverModel
import TestSupport
import Testing

extension Disruptions {
    /// The controller that leads is killed once in each phase of a recovery.
    @Suite struct KilledRecoveries {
        private static let phases: [EtcdRecovery.Phase] = [
            .detecting, .awaitingApproval, .snapshotting, .rebuilding, .scalingOut,
        ]

        @Test func `the controller is killed in each phase, and nothing is lost or done twice`() async throws {
            let relay = try relayToStore()
            let endpoint = "http://\(try InstalledPods.current.hostAddress):\(relay.port)"
            try await LostCluster.ofEachLayout(
                backup: { .s3(endpoint, prefix: $0.kubectl.namespace ?? "") }
            ) { clusters in
                try await clusters.each { try await $0.destroy([0, 2]) }
                var kills: [Kill] = []
                for phase in Self.phases {
                    // What the store answers is on its way for a while, so that copies and downloads are met.
                    relay.bytesPerSecond = phase == .snapshotting ? 300 : 100_000
                    if phase == .snapshotting { try await clusters.each { try await approve($0) } }
                    if phase == .scalingOut { try await clusters.each { try await $0.release() } }
                    kills.append(try await kill(in: phase, clusters, after: kills))
                }
                relay.bytesPerSecond = nil
                let comment = Comment(rawValue: kills.summary)
                print(comment.rawValue)
                try await clusters.each { cluster in
                    let whole = try await cluster.recovery(in: .completed, within: .seconds(300))
                    #expect(whole.status?.rescueCopies?.map(\.member) == ["main-1"], comment)
                    #expect(whole.status?.attempts == 1, comment)
                    #expect(try await cluster.movedAside(1).count == 1, comment)
                    try await cluster.expectWhole(whole)
                }
            }
        }

        private func approve(_ cluster: LostCluster) async throws {
            let approved = try await cluster.approve(try await cluster.recovery(in: .awaitingApproval))
            #expect(approved.succeeded, "\(approved.errors)")
        }

        /// As soon as one of them is seen in that phase, or a moment later.
        private func kill(
            in phase: EtcdRecovery.Phase, _ clusters: [LostCluster], after kills: [Kill]
        ) async throws -> Kill {
            let leader = try await Leader.current(after: kills.map(\.leader))
            let met = try await eventually(
                "recovery in \(phase.rawValue)", within: .seconds(180), every: .milliseconds(50)
            ) {
                let phases = try await clusters.each { try await $0.recoveries().compactMap { $0.status?.phase } }
                return phases.contains { $0.contains(phase) } ? phases : nil
            }
            let moment = Duration.milliseconds(Int.random(in: 0...400))
            try await Task.sleep(for: moment)
            leader.kill()
            try await leader.replace()
            return Kill(leader: leader.identity, ages: [moment], phases: met.flatMap { $0 }.map(\.rawValue))
        }
    }
}
