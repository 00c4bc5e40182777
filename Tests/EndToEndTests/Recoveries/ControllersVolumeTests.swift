import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension Recoveries {
    /// No object store: the cluster was never backed up, and the recovery names none.
    @Suite struct ControllersVolume {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a cluster comes back from a copy that only the controller has`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            try await LostCluster.run(layout, isBackedUp: false) { cluster in
                // The data of the last member have to come to the first one, which another node may run.
                try await cluster.destroy([0, 1])
                let waiting = try await cluster.recovery(in: .awaitingApproval)
                let server = try #require(waiting.status?.rescueServer)
                #expect(server.url == "https://etcdrecover-rescue.etcdrecover-system.svc:8444")
                #expect(server.caBundle.hasPrefix("-----BEGIN CERTIFICATE-----"))
                let approved = try await cluster.approve(waiting)
                #expect(approved.succeeded, "\(approved.errors)")
                try await cluster.recovery("past its copies") {
                    [.rebuilding, .scalingOut].contains($0.status?.phase)
                }
                try await cluster.release()
                let whole = try await cluster.recovery(in: .completed, within: .seconds(300))
                try await cluster.expectWhole(whole)
                #expect(whole.status?.verification?.matches == true, "\(whole.status?.message ?? "")")
                #expect(whole.status?.attempts == 1)
                #expect(whole.status?.destination == nil)
                let copy = try #require(whole.status?.rescueCopies?.first)
                let folder = "controller:///\(cluster.kubectl.namespace ?? "")/\(whole.metadata.uid ?? "")/"
                #expect(copy.member == "main-2" && copy.location.hasPrefix(folder), "\(copy.location)")
                try await expectToken(cluster)
                try await expectKeptUntilAcknowledged(whole, copy, cluster)
            }
        }

        /// Of all containers only our own has it.
        private func expectToken(_ cluster: LostCluster) async throws {
            let mounts = try await cluster.kubectl.output(
                "get", "pod", "main-0", "-o",
                "jsonpath={.spec.initContainers[*].volumeMounts[*].name};{.spec.containers[*].volumeMounts[*].name}"
            ).split(separator: ";")
            #expect(mounts.first?.contains("etcdrecover-rescue-token") == true)
            #expect(mounts.last?.contains("etcdrecover-rescue-token") == false)
        }

        private func expectKeptUntilAcknowledged(
            _ recovery: EtcdRecovery, _ copy: EtcdRecovery.RescueCopy, _ cluster: LostCluster
        ) async throws {
            let path = try await path(of: copy)
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size]
            #expect("\(size ?? "")" == "\(copy.sizeBytes ?? 0)")
            let name = recovery.metadata.name ?? ""
            try await cluster.kubectl.output(
                "patch", "etcdrecovery", name, "--type=merge", "--patch", #"{"spec": {"acknowledged": true}}"#)
            #expect(FileManager.default.fileExists(atPath: path))
            try await cluster.kubectl.output("delete", "etcdrecovery", name, "--timeout=60s")
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        private func path(of copy: EtcdRecovery.RescueCopy) async throws -> String {
            let volume = try await InstalledPods.volume(
                of: "etcdrecover-rescue", try InstalledPods.current.kubectl)
            let key = try #require(EtcdRecovery.RescueServer.key(ofLocation: copy.location))
            return "\(volume)/\(key)"
        }
    }
}
