import EtcdRecoverModel
import TestSupport
import Testing

extension Disruptions {
    /// What proves that the webhook is what keeps members from starting empty: without it nothing is touched.
    @Suite struct LostWebhook {
        @Test func `while the webhook is down no member is stopped, approved or not`() async throws {
            try await LostCluster.ofEachLayout { clusters in
                try await clusters.each { try await $0.destroy([0, 1]) }
                try await clusters.each { try await $0.recovery(in: .awaitingApproval) }
                try await InstalledPods.current.stopWebhook()
                let result: Result<Void, any Error>
                do { result = .success(try await clusters.each { try await expectUntouched($0) }[0]) } catch {
                    result = .failure(error)
                }
                // The next test's as well.
                try await InstalledPods.current.startWebhook()
                try result.get()
                try await clusters.each { cluster in
                    try await cluster.recovery("past its copies") {
                        [.rebuilding, .scalingOut].contains($0.status?.phase)
                    }
                    try await cluster.release()
                    let whole = try await cluster.recovery(in: .completed, within: .seconds(300))
                    #expect(whole.status?.survivor?.name == "main-2")
                    try await cluster.expectWhole(whole)
                }
            }
        }

        private func expectUntouched(_ cluster: LostCluster) async throws {
            let before = try await cluster.pods()
            let refused = try await cluster.approve(try await cluster.recovery(in: .awaitingApproval))
            #expect(!refused.succeeded && refused.errors.contains("failed calling webhook"), "\(refused.errors)")
            // Whoever has said so long ago is not asked; copies are no change.
            try await cluster.kubectl.output(
                "annotate", "etcdcluster", "main", "\(EtcdRecovery.automaticAnnotation)=true")
            try await cluster.recovery("with its copy") { $0.status?.rescueCopies?.map(\.member) == ["main-2"] }
            try await cluster.recovery("that says what it waits for") {
                $0.status?.phase == .snapshotting && $0.status?.message?.contains("failed calling webhook") == true
            }
            try await Task.sleep(for: .seconds(10))
            #expect(try await cluster.pods()["main-2"] == before["main-2"], "\(cluster.standIn.layout)")
            let stopped = try await cluster.recoveries().compactMap { $0.status?.stoppedTime }
            #expect(stopped.isEmpty, "\(cluster.standIn.layout): \(stopped)")
            #expect(try await cluster.movedAside(2).isEmpty)
        }
    }
}
