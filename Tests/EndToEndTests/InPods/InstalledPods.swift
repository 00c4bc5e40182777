import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What `kubectl apply -k webhook-deploy` brings, running in pods.
struct InstalledPods: Sendable {
    let cluster: TestCluster
    /// This machine's, as pods reach it.
    let hostAddress: String
    /// The object stores of the suite, as pods reach them.
    let s3Endpoint: String
    let gcsEndpoint: String

    @TaskLocal private static var shared: InstalledPods?

    /// Of the suite that has the trait `.installedPods`.
    static var current: InstalledPods {
        get throws { try #require(shared, "nothing is installed: the suite lacks the trait .installedPods") }
    }

    static let system = ["--namespace", "etcdrecover-system"]

    /// In all namespaces.
    var kubectl: Kubectl { Kubectl(cluster) }

    /// - Parameters:
    ///   - arguments: more of them for the controller.
    ///   - components: of `webhook-deploy`, by their paths.
    static func install(
        in cluster: TestCluster, stores: TestStores, controller arguments: [String] = [], components: [String] = [],
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let kubectl = Kubectl(cluster)
        try await loadImage(cluster)
        let manifests = try await apply(components, kubectl)
        let claims = try await kubectl.output(system + ["get", "persistentvolumeclaims", "-o", "name"])
        for claim in claims.split(separator: "\n") {
            // Volumes of this cluster are root's directories, which no fsGroup is applied to.
            let path = try await volume(of: claim.drop { $0 != "/" }.dropFirst(), kubectl)
            #expect(chmod(path, 0o777) == 0, "\(path)")
        }
        for argument in arguments { try await addArgument(argument, kubectl) }
        let address = try await hostAddress(cluster)
        let s3 = try TCPRelay(to: stores.s3Port, after: .max, .cut, on: address)
        let gcs = try TCPRelay(to: stores.gcsPort, after: .max, .cut, on: address)
        let installed = InstalledPods(
            cluster: cluster, hostAddress: address, s3Endpoint: "http://\(address):\(s3.port)",
            gcsEndpoint: "http://\(address):\(gcs.port)")
        try await installed.waitUntilReady()
        try await $shared.withValue(installed) { try await body() }
        withExtendedLifetime((s3, gcs)) {}
        let deleted = try await kubectl.run(["delete", "-f", "-"], input: manifests, within: .seconds(120))
        #expect(deleted.succeeded, "\(deleted.errors)")
    }

    func waitUntilReady() async throws {
        for name in ["etcdrecover-webhook", "etcdrecover-controller"] {
            let ready = try await kubectl.run(
                Self.system + ["rollout", "status", "deployment/\(name)", "--timeout=180s"], within: .seconds(190))
            if !ready.succeeded { Issue.record("\(ready.errors)\(try await log())") }
        }
    }

    /// For those who look for what went wrong.
    func log() async throws -> String {
        var text = try await kubectl.run(Self.system + ["describe", "pods"]).output
        for component in ["webhook", "controller"] {
            let pods = "app.kubernetes.io/component=\(component)"
            text += try await kubectl.run(Self.system + ["logs", "--selector", pods, "--prefix", "--tail=60"]).output
        }
        return text
    }

    /// No webhook answers any more, when this returns.
    func stopWebhook() async throws {
        let pods = ["pods", "--selector=app.kubernetes.io/component=webhook"]
        let containers = try await kubectl.output(
            Self.system + ["get"] + pods + ["-o", "jsonpath={.items[*].status.containerStatuses[*].containerID}"]
        ).split(separator: " ").map(String.init)
        try await kubectl.output(Self.system + ["scale", "deployment/etcdrecover-webhook", "--replicas=0"])
        try await kubectl.output(Self.system + ["delete"] + pods + ["--force", "--grace-period=0"])
        // Forgotten by the cluster, they would answer for as long as their grace lasts.
        for process in containers.flatMap(Disruptions.processes) { kill(process, SIGKILL) }
        _ = try await eventually("end of the webhook", every: .milliseconds(50)) {
            containers.flatMap(Disruptions.processes).isEmpty ? true : nil
        }
    }

    func startWebhook() async throws {
        try await kubectl.output(Self.system + ["scale", "deployment/etcdrecover-webhook", "--replicas=2"])
        try await waitUntilReady()
    }

    static func loadImage(_ cluster: TestCluster) async throws {
        let files = try TemporaryDirectory()
        let rootfs = files.path(of: "rootfs.tar")
        try await Command(cluster.tool, ["pack", rootfs, "\(TestEnvironment.programs)/etcdrecover"])
            .output(within: .seconds(120))
        try await Command(
            cluster.tool, ["load-image", "etcdrecover:0.1.0", rootfs, "--entrypoint", #"["/usr/bin/etcdrecover"]"#]
        ).output(within: .seconds(120))
    }

    private static func addArgument(_ argument: String, _ kubectl: Kubectl) async throws {
        let path = "/spec/template/spec/containers/0/args/-"
        try await kubectl.output(
            system + [
                "patch", "deployment/etcdrecover-controller", "--type=json", "-p",
                #"[{"op": "add", "path": "\#(path)", "value": "\#(argument)"}]"#,
            ])
    }

    /// Returns what was applied and is to be deleted: all but the definitions of the resources.
    private static func apply(_ components: [String], _ kubectl: Kubectl) async throws -> String {
        try await kubectl.cluster.defineEtcdClusters()
        let overlay = try TemporaryDirectory()
        // It takes no absolute paths.
        let up = overlay.path.split(separator: "/").map { _ in ".." }.joined(separator: "/")
        let tree = "\(up)\(SourceTree.path)/webhook-deploy"
        try overlay.write(
            """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: ["\(tree)/kubernetes-1.20"]
            components: [\(components.map { "\"\(tree)/\($0)\"" }.joined(separator: ", "))]
            """, to: "kustomization.yaml")
        let all = try await kubectl.output("kustomize", overlay.path)
        try await kubectl.apply(all)
        return all.split(separator: "\n---\n").filter { !$0.contains("\nkind: CustomResourceDefinition\n") }
            .joined(separator: "\n---\n")
    }

    /// Where a volume of the installation's lies on this machine.
    static func volume(of claim: some StringProtocol, _ kubectl: Kubectl) async throws -> String {
        var own = kubectl
        own.namespace = system.last
        return try await own.volume(of: claim)
    }

    /// Where pods reach this machine: on the nodes' network.
    static func hostAddress(_ cluster: TestCluster) async throws -> String {
        let settings = try await Command(cluster.tool, ["env"]).output()
        let name = "CLUSTER_HOST_IP="
        let word = settings.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix(name) }
        return String(try #require(word).dropFirst(name.count))
    }
}

struct InstalledPodsTrait: SuiteTrait, TestScoping {
    var controller: [String] = []
    var components: [String] = []

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await InstalledPods.install(
            in: try TestCluster.current, stores: try TestStores.current, controller: controller, components: components
        ) {
            try await function()
        }
    }
}

extension Trait where Self == InstalledPodsTrait {
    static var installedPods: Self { Self() }
    static func installedPods(controller arguments: [String], components: [String] = []) -> Self {
        Self(controller: arguments, components: components)
    }
}

extension Kubectl {
    /// Where the volume of a claim lies on this machine.
    func volume(of claim: some StringProtocol) async throws -> String {
        let path = try await eventually("volume for \(claim)", every: .milliseconds(500)) {
            let name = try await output("get", "persistentvolumeclaim", "\(claim)", "-o", "jsonpath={.spec.volumeName}")
            guard !name.isEmpty else { return String?.none }
            return try await output("get", "persistentvolume", name, "-o", "jsonpath={.spec.hostPath.path}")
        }
        // In the namespaces of the cluster's processes its own directory is mounted over this one.
        return URL(filePath: cluster.kubeconfig).deletingLastPathComponent()
            .appending(path: "pv/\(path.split(separator: "/").last ?? "")").path
    }
}
