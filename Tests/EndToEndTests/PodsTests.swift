import TestSupport
import Testing

extension EndToEnd {
    /// `webhook-deploy` as it is, in pods: image, security context, probes, Service, RBAC.
    @Suite(.needsPods) struct Pods {
        @Test func `kubectl apply -k brings up two replicas that refuse a bad manifest`() async throws {
            let cluster = try TestCluster.current
            let kubectl = Kubectl(cluster)
            let files = try TemporaryDirectory()
            let rootfs = files.path(of: "rootfs.tar")
            try await Command(cluster.tool, ["pack", rootfs, "\(TestEnvironment.programs)/etcdrecover"])
                .output(within: .seconds(120))
            try await Command(
                cluster.tool, ["load-image", "etcdrecover:0.1.0", rootfs, "--entrypoint", #"["/usr/bin/etcdrecover"]"#]
            ).output(within: .seconds(120))

            try await kubectl.output("apply", "-f", "\(SourceTree.path)/Tests/Cluster/etcd-operator-stand-in.yaml")
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
