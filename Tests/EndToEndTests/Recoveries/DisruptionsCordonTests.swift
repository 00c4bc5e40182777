import EtcdRecoverModel
import TestSupport
import Testing

extension Disruptions {
    /// A node that takes no pods for a while.
    @Suite struct Cordoned {
        /// In a StatefulSet, whose pods come back by themselves. The operator's own pods do not without a majority.
        @Test func `quorum that comes back while a person decides ends it, and nothing was changed`() async throws {
            try await LostCluster.run(.statefulSet) { cluster in
                let before = try await cluster.pods()
                let kubectl = try InstalledPods.current.kubectl
                try await kubectl.output("cordon", "--selector", "kubernetes.io/os=linux")
                let result: Result<EtcdRecovery, any Error>
                do {
                    // Those that are gone wait.
                    try await cluster.kubectl.output(
                        "delete", "pod", "--grace-period=0", "--force", "--wait=false", "main-1", "main-2")
                    result = .success(try await cluster.recovery(in: .awaitingApproval))
                } catch { result = .failure(error) }
                try await kubectl.output("uncordon", "--selector", "kubernetes.io/os=linux")
                let name = try result.get().metadata.name
                let ended = try await cluster.recovery("that was called off") {
                    $0.metadata.name == name && $0.status?.phase == .cancelled
                }
                #expect(ended.status?.message?.hasPrefix("quorum came back by itself") == true)
                #expect(ended.status?.rescueCopies == nil)
                try await cluster.standIn.wait(forVoters: 3, of: "main")
                #expect(try await cluster.pods()["main-0"] == before["main-0"])
                for member in 0..<3 { try await cluster.source.expectKeys(of: "main", member: member, isLocal: true) }
            }
        }
    }
}
