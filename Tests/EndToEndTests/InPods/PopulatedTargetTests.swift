import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// A restore never touches data that it did not write.
    @Suite struct PopulatedTarget {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a target that has members is refused at the door`(_ layout: OperatorStandIn.Layout) async throws {
            let source = try SourceClusters.of(layout)
            let pods = ["get", "pods", "--selector", "app=main", "-o", "jsonpath={.items[*].metadata.uid}"]
            let before = try await source.kubectl.output(pods)
            let refused = try await source.kubectl.run(
                "apply", "-f", "-", input: source.restoreManifest(of: "s3", into: "main"))
            #expect(!refused.succeeded)
            #expect(refused.errors.contains("EtcdCluster \"main\" has 1 ready member with data"), "\(refused.errors)")
            let left = try await source.kubectl.output("get", "etcdrestore", "main", "--ignore-not-found", "-o", "name")
            #expect(left.isEmpty)
            #expect(try await source.kubectl.output(pods) == before)
            try await source.expectKeys(of: "main", and: [SourceClusters.later])
        }

        /// It was empty when the restore was admitted.
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a target that got members since is refused by the controller`(
            _ layout: OperatorStandIn.Layout
        ) async throws {
            let source = try SourceClusters.of(layout)
            let (kubectl, standIn) = (source.kubectl, source.standIn)
            let relay = try TCPRelay(
                to: try TestStores.current.s3Port, after: .max, .cut, on: source.installed.hostAddress)
            let endpoint = "http://\(source.installed.hostAddress):\(relay.port)"
            try await source.backUp(as: "relayed", to: .s3(endpoint, prefix: kubectl.namespace ?? ""))
            // What cannot be read now may be read later: the restore waits, and looks anew each time.
            relay.stop()
            try await source.restore("relayed", into: "busy")
            try await standIn.service.wait(for: "a restore that waits for the store") {
                let restore = try await kubectl.object("busy", as: EtcdRestore.self)
                return restore.succeeded?.reason == "StoreUnreachable" && restore.succeeded?.status == "Unknown"
            }
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdCluster
                metadata: {name: busy}
                spec: {size: 1, version: \(standIn.version)}
                """)
            try await standIn.wait(forVoters: 1, of: "busy")
            let put = try await standIn.etcdctl("busy", 0, "put", "mine", "untouched")
            try #require(put.succeeded, "\(put.errors)")
            let pod = ["get", "pod", "busy-0", "-o", "jsonpath={.metadata.uid}"]
            let before = try await kubectl.output(pod)

            let restore = try await kubectl.ended("busy", as: EtcdRestore.self, expecting: .failed)
            #expect(restore.succeeded?.reason == "TargetNotEmpty")
            #expect(restore.succeeded?.message?.contains("busy") == true)
            #expect(try await !source.isArmed(restore))
            let cluster = try await kubectl.object("busy", as: EtcdCluster.self)
            #expect(cluster.metadata.annotations?.keys.contains { $0.hasPrefix("etcdrecover.") } != true)
            #expect(try await kubectl.output(pod) == before)
            let value = try await standIn.etcdctl("busy", 0, "get", "", "--prefix")
            #expect(value.output == "mine\nuntouched\n", "\(value.errors)")
            try await source.remove("busy")
        }
    }
}
