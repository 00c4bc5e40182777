import EtcdRecoverModel
import TestSupport
import Testing

extension Recoveries {
    /// An etcd that asks who comes, and without a majority lets nobody log in.
    @Suite struct LostUsers {
        private static let password = "of this test alone"
        private static let login = ["--user=root:\(password)"]

        /// The controller goes on as the user that it was while there was a majority.
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `whoever had logged in before still gets a snapshot`(_ layout: OperatorStandIn.Layout) async throws {
            try await LostCluster.run(layout) { cluster in
                try await enableUsers(cluster)
                // A look at it by the controller, which is every two seconds, and some more on a machine that is busy.
                try await Task.sleep(for: .seconds(12))
                try await cluster.destroy([0, 1])
                let waiting = try await cluster.recovery(in: .awaitingApproval)
                #expect(waiting.status?.survivor?.name == "main-2")
                let whole = try await recover(cluster, waiting)
                #expect(whole.status?.rescueCopies?.map(\.member) == ["main-2"])
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
            }
        }

        /// As of a controller that was started when the majority was gone already.
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a member that lets nobody in is kept as it lies on its volume`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            try await LostCluster.run(layout) { cluster in
                try await enableUsers(cluster, isAnnotated: false)
                try await cluster.destroy([1, 2])
                let lost = try await cluster.recovery(in: .awaitingApproval)
                try await annotate(cluster)
                let whole = try await recover(cluster, lost)
                #expect(whole.status?.survivor?.name == "main-0" && whole.status?.survivor?.fromVolume == true)
                #expect(whole.status?.rescueCopies == nil)
                #expect(try await cluster.movedAside(0).count == 1)
            }
        }

        private func enableUsers(_ cluster: LostCluster, isAnnotated: Bool = true) async throws {
            let root = "root:\(Self.password)"
            for command in [["user", "add", root], ["user", "grant-role", "root", "root"], ["auth", "enable"]] {
                let result = try await cluster.standIn.etcdctl("main", 0, command)
                try #require(result.succeeded, "\(result.errors)")
            }
            try await cluster.kubectl.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: login}
                stringData: {username: root, password: \(Self.password)}
                """)
            if isAnnotated { try await annotate(cluster) }
        }

        /// The operator has no user: it adds members, and calls them healthy, while everybody may.
        private func recover(_ cluster: LostCluster, _ waiting: EtcdRecovery) async throws -> EtcdRecovery {
            let approved = try await cluster.approve(waiting)
            #expect(approved.succeeded, "\(approved.errors)")
            try await cluster.recovery("past its copies") { [.rebuilding, .scalingOut].contains($0.status?.phase) }
            try await cluster.release()
            try await cluster.recovery(in: .scalingOut, within: .seconds(180))
            let stranger = try await cluster.standIn.etcdctl("main", 0, "get", "large")
            #expect(!stranger.succeeded, "the users came along")
            let off = try await cluster.standIn.etcdctl("main", 0, Self.login + ["auth", "disable"])
            try #require(off.succeeded, "\(off.errors)")
            let whole = try await cluster.recovery(in: .completed, within: .seconds(300))
            try await cluster.expectWhole(whole)
            return whole
        }

        private func annotate(_ cluster: LostCluster) async throws {
            try await cluster.kubectl.output(
                "annotate", "etcdcluster", "main", "etcdrecover.operator.etcd.io/auth-secret=login")
        }
    }
}
