import TestSupport
import Testing

/// What tests rely on in the stand-in for the etcd-operator, in both of its layouts. Each in a namespace of its own and without
/// anything of the cluster's own, so beside the other suites.
@Suite(.needsCluster, .needsPods, .needsEtcd, .needs("python3", from: "python3"), .timeLimit(.minutes(15)))
struct OperatorStandInTests {
    @Test(arguments: OperatorStandIn.Layout.allCases)
    func `members come and go one by one, and their data stays`(layout: OperatorStandIn.Layout) async throws {
        try await Kubectl.withNamespace(on: try TestCluster.current) { kubectl in
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                try await kubectl.apply(cluster(size: 1, standIn, "storageSpec: {volumeSizeRequest: 64Mi}"))
                try await standIn.wait(forVoters: 1, of: "main")
                try await put(standIn)
                try await asksForCertificates(standIn, kubectl)

                try await resize(to: 3, kubectl)
                let grown = try await standIn.wait(forVoters: 3, of: "main")
                #expect(Set((grown.members ?? []).map(\.name)) == ["main-0", "main-1", "main-2"])
                #expect(grown.currentVersion == standIn.release.version)
                #expect((grown.members ?? []).filter { $0.isLeader == true }.map(\.id) == [grown.leaderID])

                try await comesBack("main-1", standIn, kubectl)
                if layout == .statefulSet { try await overwritesEdits(standIn, kubectl) }
                try await resize(to: 1, kubectl)
                let shrunk = try await standIn.wait(forVoters: 1, of: "main")
                #expect((shrunk.members ?? []).map(\.name) == ["main-0"])
                try await goes(standIn, kubectl)
            }
        }
    }

    @Test(arguments: OperatorStandIn.Layout.allCases)
    func `without a majority nothing is done`(layout: OperatorStandIn.Layout) async throws {
        try await Kubectl.withNamespace(on: try TestCluster.current) { kubectl in
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                try await kubectl.apply(cluster(size: 3, standIn))
                try await standIn.wait(forVoters: 3, of: "main")
                #expect(try await kubectl.output("get", "pvc", "-o", "name").isEmpty)

                if layout == .statefulSet {
                    // Else the StatefulSet's own controller brings the pods back.
                    try await kubectl.output("create", "quota", "one", "--hard=pods=1")
                }
                try await kubectl.output("delete", "pod", "main-1", "main-2")
                if layout == .statefulSet { try await edit(kubectl) }
                try await resize(to: 5, kubectl)
                let generation = Int(try await kubectl.output(generation(of: "etcdcluster")))
                let before = try await traces(layout, kubectl)
                let lost = try await standIn.wait(for: "a reconcile without majority", of: "main") {
                    // A StatefulSet whose pods are refused may go on counting those that it had.
                    $0.observedGeneration == generation && !$0.isTrue("Available")
                        && (layout == .statefulSet || $0.readyReplicas == 1)
                }
                #expect(lost.memberCount == 3)
                // Several reconciles: each waits 6 s for a list of members that no majority vouches for.
                try await Task.sleep(for: .seconds(15))
                #expect(try await traces(layout, kubectl) == before)
                try await standIn.service.wait(for: "a reconcile without a member list") {
                    standIn.service.log.contains("does nothing: no member list")
                }
                #expect(try await traces(layout, kubectl) == before)
                let pods = try await kubectl.output("get", "pods", "-o", "name")
                #expect(pods == "pod/main-0\n")
            }
        }
    }

    private func cluster(size: Int, _ standIn: OperatorStandIn, _ more: String = "") -> String {
        """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdCluster
        metadata: {name: main}
        spec:
          size: \(size)
          version: \(standIn.version)
          etcdOptions: [--unsafe-no-fsync]
          \(more)
        """
    }

    private func resize(to size: Int, _ kubectl: Kubectl) async throws {
        try await kubectl.output(
            "patch", "etcdcluster", "main", "--type=merge", "-p", #"{"spec": {"size": \#(size)}}"#)
    }

    private func generation(of resource: String) -> [String] {
        ["get", resource, "main", "-o", "jsonpath={.metadata.generation}"]
    }

    private func put(_ standIn: OperatorStandIn) async throws {
        let put = try await standIn.etcdctl("main", 0, "put", "greeting", "hello")
        #expect(put.output == "OK\n", "\(put.errors)")
    }

    /// Without a client's certificate in the Pods layout, and without TLS in the other.
    private func asksForCertificates(_ standIn: OperatorStandIn, _ kubectl: Kubectl) async throws {
        let secrets = try await kubectl.output("get", "secrets", "-o", "name")
        for kind in ["server", "peer", "client"] {
            #expect(secrets.contains("secret/main-\(kind)-tls\n") == (standIn.layout == .pods))
        }
        guard standIn.layout == .pods else { return }
        let place = "main-0.main.\(kubectl.namespace ?? "").svc.cluster.local:2379"
        let stranger = try await kubectl.run(
            "exec", "main-0", "--", "/usr/local/bin/etcdctl", "--endpoints=https://\(place)",
            "--cacert=/etc/etcd-certs/server/ca.crt", "--command-timeout=3s", "get", "greeting")
        #expect(!stranger.succeeded, "\(stranger.output)")
    }

    /// A deleted pod is another pod of the same member, with its data.
    private func comesBack(_ pod: String, _ standIn: OperatorStandIn, _ kubectl: Kubectl) async throws {
        @Sendable func uid() async throws -> String {
            try await kubectl.run("get", "pod", pod, "-o", "jsonpath={.metadata.uid}").output
        }
        let before = try await standIn.status(of: "main").members?.first { $0.name == pod }?.id
        let old = try await uid()
        try await kubectl.output("delete", "pod", pod)
        try await standIn.service.wait(for: "another pod \(pod)") {
            let new = try await uid()
            return !new.isEmpty && new != old
        }
        // The status may be from before.
        try await kubectl.output("wait", "pod/\(pod)", "--for=condition=Ready", "--timeout=120s")
        let after = try await standIn.wait(forVoters: 3, of: "main")
        #expect(after.members?.first { $0.name == pod }?.id == before)
        let got = try await standIn.etcdctl("main", 1, "get", "--consistency=s", "greeting", "--print-value-only")
        #expect(got.output == "hello\n", "\(got.errors)")
    }

    /// Changes what the stand-in writes back at its next reconcile.
    private func edit(_ kubectl: Kubectl) async throws {
        let strategy = #"{"spec": {"updateStrategy": {"$retainKeys": ["type"], "type": "OnDelete"}}}"#
        try await kubectl.output("patch", "statefulset", "main", "-p", strategy)
    }

    private func overwritesEdits(_ standIn: OperatorStandIn, _ kubectl: Kubectl) async throws {
        try await edit(kubectl)
        try await standIn.service.wait(for: "the StatefulSet's own strategy") {
            try await kubectl.output("get", "statefulset", "main", "-o", "jsonpath={.spec.updateStrategy.type}")
                == "RollingUpdate"
        }
    }

    /// With the EtcdCluster goes what it owns: of the volumes, those that a StatefulSet claimed stay.
    private func goes(_ standIn: OperatorStandIn, _ kubectl: Kubectl) async throws {
        let claims = try await kubectl.output("get", "pvc", "-o", "name")
        #expect(claims.split(separator: "\n").count == 3, "\(claims)")
        try await kubectl.output("delete", "etcdcluster", "main")
        let owned = "statefulsets,pods,services,configmaps,secrets" + (standIn.layout == .pods ? ",pvc" : "")
        try await standIn.service.wait(for: "the end of all that main owned") {
            !(try await kubectl.output("get", owned, "-o", "name")).contains("/main")
        }
        let left = try await kubectl.output("get", "pvc", "-o", "name")
        #expect(left == (standIn.layout == .pods ? "" : claims))
    }

    /// What changes when something is done: the generation of the StatefulSet, or which pods there are.
    private func traces(_ layout: OperatorStandIn.Layout, _ kubectl: Kubectl) async throws -> String {
        switch layout {
        case .statefulSet: try await kubectl.output(generation(of: "statefulset"))
        case .pods: try await kubectl.output("get", "pods", "-o", "jsonpath={.items[*].metadata.uid}")
        }
    }
}
