import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// Two of three members are gone for good, pods and volumes.
    @Suite struct QuorumLoss {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `nothing happens before an approval, and everything after it`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            try await LostCluster.run(layout) { cluster in
                let before = try await cluster.pods()
                try await cluster.destroy([1, 2])
                let waiting = try await cluster.recovery(in: .awaitingApproval)
                #expect(waiting.status?.survivor?.name == "main-0")
                #expect(waiting.status?.observed?.permanent == true)
                #expect(waiting.status?.observed?.members?.map(\.reachable) == [true, false, false])
                let wrong = try await cluster.approve(waiting, digest: String(repeating: "0", count: 64))
                #expect(!wrong.succeeded && wrong.errors.contains("approvedDigest"), "\(wrong.errors)")
                try await Task.sleep(for: .seconds(10))
                #expect(try await cluster.pods()["main-0"] == before["main-0"], "nothing was approved")
                #expect(try await cluster.recoveries().map { $0.status?.phase } == [.awaitingApproval])

                let whole = try await cluster.approveAndRelease(waiting)
                #expect(try await cluster.movedAside(0).count == 1)
                try await cluster.expectWhole(whole)
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
                #expect(whole.status?.rescueCopies?.map(\.member) == ["main-0"])
                #expect(whole.status?.attempts == 1)
                try await acknowledge(whole, cluster)
            }
        }

        private func acknowledge(_ recovery: EtcdRecovery, _ cluster: LostCluster) async throws {
            let patch = #"{"spec": {"acknowledged": true}}"#
            try await cluster.kubectl.output(
                "patch", "etcdrecovery", recovery.metadata.name ?? "", "--type=merge", "--patch", patch)
            let seen = try await cluster.recovery("that is acknowledged") {
                $0.status?.conditions?["DataLossPossible"]?.status == "False"
            }
            #expect(seen.status?.dataLoss == recovery.status?.dataLoss)
        }

        /// The last member is the only one that is left, and a person has decided long ago.
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `the last member is kept, by itself where the cluster says so`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            let automatic = [EtcdRecovery.automaticAnnotation: "true"]
            try await LostCluster.run(layout, annotations: automatic) { cluster in
                try await cluster.destroy([0, 1])
                try await cluster.recovery("past its copies") {
                    [.rebuilding, .scalingOut].contains($0.status?.phase)
                }
                try await cluster.release()
                let whole = try await cluster.recovery(in: .completed, within: .seconds(300))
                #expect(whole.status?.survivor?.name == "main-2")
                #expect(whole.status?.approval?.automatic == true)
                #expect(try await cluster.movedAside(2).count == 1)
                try await cluster.expectWhole(whole)
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
            }
        }
    }
}
