import TestSupport
import Testing

extension EndToEnd {
    /// `webhook-deploy` as it is, in pods: image, security context, probes, Service, RBAC.
    @Suite(.needsPods) struct Pods {
        @Test func `kubectl apply -k brings up two replicas that refuse a bad manifest`() async throws {
            let cluster = try TestCluster.current
            let kubectl = Kubectl(cluster)
            try await InstalledPods.loadImage(cluster)
            try await cluster.defineEtcdClusters()
            try await kubectl.output("apply", "-k", "\(SourceTree.path)/webhook-deploy/kubernetes-1.20")
            let place = ["--namespace", "etcdrecover-system"]
            let ready = try await kubectl.run(
                place + ["rollout", "status", "deployment/etcdrecover-webhook", "--timeout=120s"],
                within: .seconds(130))
            if !ready.succeeded {
                Issue.record(
                    "\(try await kubectl.output(place + ["describe", "pods"]))\(try await kubectl.output(place + ["logs", "deployment/etcdrecover-webhook", "--tail=50"]))"
                )
            }
            try await Kubectl.withNamespace(on: cluster) { kubectl in
                let refused = try await kubectl.run("apply", "-f", "-", input: BadManifest.all[0].yaml)
                #expect(refused.status == 1)
                #expect(refused.errors.contains("spec.destination.s3.bucket: "), "\(refused.errors)")
            }
            let deleted = try await kubectl.run(
                ["delete", "-k", "\(SourceTree.path)/webhook-deploy/kubernetes-1.20"], within: .seconds(180))
            #expect(deleted.succeeded, "\(deleted.errors)")
        }
    }
}
