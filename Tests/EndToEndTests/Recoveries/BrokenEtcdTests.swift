import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// The only member that is left is not the first, and its etcd does not start any more: its volume is all there is.
    @Suite struct BrokenEtcd {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `the last member's volume is copied before anything is stopped, and the cluster rebuilt from it`(
            _ layout: OperatorStandIn.Layout
        ) async throws {
            try await LostCluster.run(layout) { cluster in
                // etcd writes its database every tenth of a second.
                try await Task.sleep(for: .seconds(1))
                try await cluster.kubectl.breakEtcd(in: "main-2")
                let before = try await cluster.pods()
                try await cluster.destroy([0, 1])
                let waiting = try await cluster.recovery("of a volume") {
                    $0.status?.phase == .awaitingApproval && $0.status?.survivor != nil
                }
                #expect(waiting.status?.survivor?.name == "main-2" && waiting.status?.survivor?.fromVolume == true)
                #expect(try await cluster.pods()["main-2"] == before["main-2"])

                let whole = try await cluster.approveAndRelease(waiting)
                let copy = try #require(whole.status?.rescueCopies?.first)
                #expect(copy.member == "main-2" && copy.location.hasPrefix("s3://"))
                #expect(whole.status?.dataLoss?.message?.hasPrefix("kept: what was on the volume of main-2") == true)
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
                #expect(try await cluster.movedAside(2).count == 1)
                try await cluster.expectWhole(whole)
                let helpers = try await cluster.kubectl.output(
                    "get", "pods", "--selector", "app.kubernetes.io/component=rescue", "-o", "name")
                #expect(helpers.isEmpty, "\(helpers)")
            }
        }
    }
}
