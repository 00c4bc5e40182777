import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// `kubectl etcdrecover recover` and the controller behind it.
    @Suite struct RecoverCommand {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a script looks, approves what it saw, follows and acknowledges`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            try await LostCluster.run(layout) { cluster in
                let plugin = cluster.kubectl.plugin
                let whole = try await plugin.run("recover", "main", "--plan")
                #expect(whole.status == 3, "it has its quorum: \(whole.output)\(whole.errors)")

                try await cluster.destroy([1, 2])
                try await cluster.recovery(in: .awaitingApproval)
                let plan = try await plugin.run("recover", "main", "--plan")
                #expect(plan.status == 0, "\(plan.errors)")
                let digest = try await cluster.recovery(in: .awaitingApproval).status?.observed?.digest ?? ""
                for word in ["main-0", "main-2", digest] { #expect(plan.output.contains(word), "\(plan.output)") }
                async let followed = plugin.command(["recover", "main", "--yes", "--expect-digest", digest])
                    .run(within: .seconds(300))
                try await cluster.recovery("past its copies", within: .seconds(120)) {
                    [.rebuilding, .scalingOut].contains($0.status?.phase)
                }
                try await cluster.release()
                let end = try await followed
                #expect(end.status == 0, "\(end.errors)")
                #expect(end.output.contains("kept: "), "\(end.output)")
                let recovery = try await cluster.recovery(in: .completed)
                try await cluster.expectWhole(recovery)

                let acknowledged = try await plugin.run("recover", "acknowledge", "main")
                #expect(acknowledged.status == 0, "\(acknowledged.errors)")
                try await cluster.recovery("that is acknowledged") {
                    $0.status?.conditions?["DataLossPossible"]?.status == "False"
                }
            }
        }
    }
}
