import TestSupport
import Testing

extension EndToEnd {
    /// The controller as `webhook-deploy` installs it, and etcd, all in pods: names, addresses, rights and certificates are
    /// those of a real cluster.
    @Suite(.needsPods, .needsEtcd, .needsObjectStores, .stores(.s3)) struct ControllerPods {
        @Test func `an etcd in pods is backed up by the controller in its own`() async throws {
            let cluster = try TestCluster.current
            let all = Kubectl(cluster)
            try await InstalledPods.loadImage(cluster)
            let installed = try await install(all)
            try await Kubectl.withNamespace(on: cluster) { kubectl in
                let etcd = try await EtcdInPods.start(kubectl, release: .newest)
                try await etcd.etcdctl("put", "greeting", "hello")
                let relay = try TCPRelay(
                    to: try TestStores.current.s3Port, after: .max, .cut,
                    on: try await InstalledPods.bridgeAddress(cluster))
                let ready = try await all.run(
                    system + ["rollout", "status", "deployment/etcdrecover-controller", "--timeout=120s"],
                    within: .seconds(130))
                if !ready.succeeded { Issue.record("\(try await state(all))") }

                try await createBackup(
                    kubectl, endpoint: "http://\(try await InstalledPods.bridgeAddress(cluster)):\(relay.port)")
                let ended = try await kubectl.run(
                    ["wait", "etcdbackup/nightly", "--for=condition=Succeeded", "--timeout=60s"], within: .seconds(70))
                if !ended.succeeded {
                    Issue.record(
                        "\(try await kubectl.output("get", "etcdbackup", "-o", "yaml"))\(try await state(all))")
                }
                func field(_ path: String) async throws -> String {
                    try await kubectl.output("get", "etcdbackup/nightly", "-o", "jsonpath={.status.\(path)}")
                }
                #expect(try await field("phase") == "Completed")
                // One key, written at etcd's second revision.
                #expect(try await field("snapshot.revision") == "2")
                #expect(try await field("snapshot.etcdVersion") == EtcdRelease.newest.version)
                #expect(try await field("snapshot.memberName").hasPrefix("etcd-"))
                #expect(try await !field("snapshot.keyspaceHash").isEmpty)
                withExtendedLifetime(relay) {}
            }
            let deleted = try await all.run(["delete", "-f", "-"], input: installed, within: .seconds(120))
            #expect(deleted.succeeded, "\(deleted.errors)")
        }

        private let system = ["--namespace", "etcdrecover-system"]

        /// Without the webhook, which has tests of its own. Returns what was applied and is to be deleted.
        private func install(_ kubectl: Kubectl) async throws -> String {
            try await kubectl.output("apply", "-f", "\(SourceTree.path)/Tests/Cluster/etcd-operator-stand-in.yaml")
            let all = try await kubectl.output("kustomize", "\(SourceTree.path)/webhook-deploy/kubernetes-1.20")
                .split(separator: "\n---\n")
            let needed = all.filter {
                $0.contains("component: controller") || $0.contains("\nkind: Namespace\n")
                    || $0.contains("\nkind: CustomResourceDefinition\n")
            }
            try await kubectl.apply(needed.joined(separator: "\n---\n"))
            return needed.filter { !$0.contains("\nkind: CustomResourceDefinition\n") }.joined(separator: "\n---\n")
        }

        private func createBackup(_ kubectl: Kubectl, endpoint: String) async throws {
            let key = try TestStores.current.all
            try await kubectl.output(
                "create", "secret", "generic", "store", "--from-literal=accessKeyID=\(key.id)",
                "--from-literal=secretAccessKey=\(key.secret)")
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdBackup
                metadata: {name: nightly}
                spec:
                  clusterRef: etcd
                  destination:
                    provider: s3
                    prefix: \(kubectl.namespace ?? "")
                    secretRef: {name: store}
                    s3: {bucket: bucket, endpoint: "\(endpoint)", forcePathStyle: true}
                """)
        }

        private func state(_ kubectl: Kubectl) async throws -> String {
            let pods = try await kubectl.run(system + ["describe", "pods"]).output
            let log = try await kubectl.run(system + ["logs", "deployment/etcdrecover-controller", "--tail=50"]).output
            return pods + log
        }
    }
}
