import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// An etcd that asks who comes, and what is restored of it, which asks the same.
    @Suite struct Authentication {
        private static let password = "of this test alone"

        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a cluster with users is backed up as one of them, and restored with all of them`(
            _ layout: OperatorStandIn.Layout
        ) async throws {
            let source = try SourceClusters.of(layout)
            let kubectl = source.kubectl
            try await source.restore("s3", into: "users")
            _ = try await kubectl.ended("users", as: EtcdRestore.self, expecting: .completed)
            try await enableUsers(of: "users", source)

            try await kubectl.apply(source.place(.s3).backup("nameless", of: "users"))
            let nameless = try await kubectl.ended("nameless", as: EtcdBackup.self, expecting: .failed)
            #expect(nameless.succeeded?.reason == "EtcdAccessDenied", "\(nameless.succeeded?.message ?? "")")

            try await kubectl.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: login}
                stringData: {username: root, password: \(Self.password)}
                """)
            try await kubectl.output(
                "annotate", "etcdcluster", "users", "etcdrecover.operator.etcd.io/auth-secret=login")
            try await kubectl.apply(source.place(.s3).backup("users", of: "users"))
            let backup = try await kubectl.ended("users", as: EtcdBackup.self, expecting: .completed)
            #expect(backup.status?.snapshot?.keyspaceHash != nil)

            try await source.restore("users", into: "same-users")
            let restore = try await kubectl.ended("same-users", as: EtcdRestore.self, expecting: .completed)
            #expect(restore.status?.verification?.matches == true)
            #expect(restore.status?.verification?.totalKeys == source.keys.count)
            let message = restore.succeeded?.message ?? ""
            #expect(message.contains("authentication is on, with the users of that time"), "\(message)")
            try await expectUsers(of: "same-users", source)
            let cluster = try await kubectl.object("same-users", as: EtcdCluster.self)
            #expect(cluster.metadata.annotations?["etcdrecover.operator.etcd.io/auth-secret"] == "login")

            try await waitsForItsLogin(source)
            for name in ["users", "same-users", "lost-users"] { try await source.remove(name) }
        }

        /// As where the cluster that was backed up is gone, and what it said of its login with it.
        private func waitsForItsLogin(_ source: SourceCluster) async throws {
            let (kubectl, login) = (source.kubectl, "etcdrecover.operator.etcd.io/auth-secret")
            try await kubectl.output("annotate", "etcdcluster", "users", "\(login)-")
            try await source.restore("users", into: "lost-users")
            try await source.standIn.service.wait(for: "a restore that asks for a login") {
                let condition = try await kubectl.object("lost-users", as: EtcdRestore.self).succeeded
                return condition?.reason == "EtcdAccessDenied" && condition?.status == "Unknown"
                    && condition?.message?.contains("annotate EtcdCluster lost-users with \(login)") == true
            }
            try await kubectl.output("annotate", "etcdcluster", "lost-users", "\(login)=login")
            let restore = try await kubectl.ended("lost-users", as: EtcdRestore.self, expecting: .completed)
            #expect(restore.status?.verification?.matches == true)
        }

        private func enableUsers(of cluster: String, _ source: SourceCluster) async throws {
            let root = "root:\(Self.password)"
            for command in [["user", "add", root], ["user", "grant-role", "root", "root"], ["auth", "enable"]] {
                let result = try await source.standIn.etcdctl(cluster, 0, command)
                try #require(result.succeeded, "\(result.errors)")
            }
        }

        private func expectUsers(of cluster: String, _ source: SourceCluster) async throws {
            let stranger = try await source.standIn.etcdctl(cluster, 0, "get", "large")
            // A client's certificate without a common name is nobody's.
            let refusals = ["user name is empty", "permission denied"]
            #expect(!stranger.succeeded && refusals.contains { stranger.errors.contains($0) }, "\(stranger.errors)")
            let found = try await KnownKeys.read {
                try await source.standIn.etcdctl(cluster, 0, ["--user=root:\(Self.password)"] + $0, input: $1)
            }
            #expect(source.keys.differences(from: found) == [])
        }
    }
}
