import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd {
    /// Everything in its pods, as `kubectl apply -k webhook-deploy` brings it: the drill that proves a backup.
    @Suite(.needsPods, .needsEtcd, .needsObjectStores, .stores(.s3)) struct RoundTrips {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `a cluster is backed up, restored into another and found equal`(_ layout: OperatorStandIn.Layout)
            async throws
        {
            let cluster = try TestCluster.current
            let all = Kubectl(cluster)
            try await InstalledPods.loadImage(cluster)
            let installed = try await InstalledPods.apply(all)
            try await Kubectl.withNamespace(on: cluster) { kubectl in
                try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                    try await fill(kubectl, standIn)
                    let relay = try TCPRelay(
                        to: try TestStores.current.s3Port, after: .max, .cut,
                        on: try await InstalledPods.bridgeAddress(cluster))
                    let endpoint = "http://\(try await InstalledPods.bridgeAddress(cluster)):\(relay.port)"
                    try await InstalledPods.waitUntilReady(all)
                    let drill = kubectl.plugin.command([
                        "roundtrip", "main", "--provider", "s3", "--bucket", "bucket", "--prefix",
                        kubectl.namespace ?? "", "--endpoint", endpoint, "--force-path-style", "--secret", "store",
                        "--timeout", "3m", "-o", "json",
                    ])
                    let result = try await drill.run(within: .seconds(400))
                    guard result.succeeded else {
                        let objects = try await kubectl.output(
                            "get", "etcdbackups,etcdrestores,etcdclusters,pods", "-o", "yaml")
                        Issue.record("\(result.output)\(result.errors)\n\(objects)\(try await InstalledPods.log(all))")
                        return
                    }
                    #expect(result.output.contains(#""equal": true"#), "\(result.output)")
                    #expect(result.errors.contains("deleted the scratch cluster"), "\(result.errors)")
                    let left = try await kubectl.output("get", "etcdclusters", "-o", "name")
                    #expect(left == "etcdcluster.operator.etcd.io/main\n")
                    let entries = try await all.output(
                        "get", "mutatingwebhookconfiguration/etcdrecover-member-injector", "-o",
                        "jsonpath={.webhooks}")
                    #expect(entries == "" || entries == "[]", "\(entries)")
                    let value = try await standIn.etcdctl("main", 0, "get", "greeting", "--print-value-only")
                    #expect(value.output == "hello\n", "\(value.errors)")
                    withExtendedLifetime(relay) {}
                }
            }
            let deleted = try await all.run(["delete", "-f", "-"], input: installed, within: .seconds(120))
            #expect(deleted.succeeded, "\(deleted.errors)")
        }

        private func fill(_ kubectl: Kubectl, _ standIn: OperatorStandIn) async throws {
            let key = try TestStores.current.all
            try await kubectl.output(
                "create", "secret", "generic", "store", "--from-literal=accessKeyID=\(key.id)",
                "--from-literal=secretAccessKey=\(key.secret)")
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdCluster
                metadata: {name: main}
                spec: {size: 1, version: \(standIn.version), etcdOptions: [--unsafe-no-fsync]}
                """)
            try await standIn.wait(forVoters: 1, of: "main")
            for (name, value) in [("greeting", "hello"), ("größe", "naïve ☃")] {
                let put = try await standIn.etcdctl("main", 0, "put", name, value)
                try #require(put.succeeded, "\(put.errors)")
            }
        }
    }
}

/// Webhook and controller in their pods.
enum InstalledPods {
    private static let system = ["--namespace", "etcdrecover-system"]

    static func loadImage(_ cluster: TestCluster) async throws {
        let files = try TemporaryDirectory()
        let rootfs = files.path(of: "rootfs.tar")
        try await Command(cluster.tool, ["pack", rootfs, "\(TestEnvironment.programs)/etcdrecover"])
            .output(within: .seconds(120))
        try await Command(
            cluster.tool, ["load-image", "etcdrecover:0.1.0", rootfs, "--entrypoint", #"["/usr/bin/etcdrecover"]"#]
        ).output(within: .seconds(120))
    }

    /// Returns what was applied and is to be deleted: all but the definitions of the resources.
    static func apply(_ kubectl: Kubectl) async throws -> String {
        try await kubectl.output("apply", "-f", "\(SourceTree.path)/Tests/Cluster/etcd-operator-stand-in.yaml")
        let all = try await kubectl.output("kustomize", "\(SourceTree.path)/webhook-deploy/kubernetes-1.20")
        try await kubectl.apply(all)
        return all.split(separator: "\n---\n").filter { !$0.contains("\nkind: CustomResourceDefinition\n") }
            .joined(separator: "\n---\n")
    }

    static func waitUntilReady(_ kubectl: Kubectl) async throws {
        for name in ["etcdrecover-webhook", "etcdrecover-controller"] {
            let ready = try await kubectl.run(
                system + ["rollout", "status", "deployment/\(name)", "--timeout=180s"], within: .seconds(190))
            if !ready.succeeded { Issue.record("\(ready.errors)\(try await log(kubectl))") }
        }
    }

    /// Where pods reach this machine.
    static func bridgeAddress(_ cluster: TestCluster) async throws -> String {
        let settings = try await Command(cluster.tool, ["env"]).output()
        let name = "CLUSTER_HOST_IP="
        let word = settings.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix(name) }
        return String(try #require(word).dropFirst(name.count))
    }

    static func log(_ kubectl: Kubectl) async throws -> String {
        var text = try await kubectl.run(system + ["describe", "pods"]).output
        for name in ["etcdrecover-webhook", "etcdrecover-controller"] {
            text += try await kubectl.run(system + ["logs", "deployment/\(name)", "--tail=60"]).output
        }
        return text
    }
}
