import FoundationEssentials
import TestSupport
import Testing

/// What `webhook-deploy` holds, applied, with one replica of the webhook as a process of its own. It runs with its
/// ServiceAccount's token, so that its RBAC is what it has to live with.
struct InstalledWebhook: Sendable {
    let cluster: TestCluster
    let webhook: WebhookProcess
    /// Of the webhook's own ServiceAccount.
    let kubeconfig: String

    @TaskLocal static var shared: InstalledWebhook?

    static var current: InstalledWebhook {
        get throws {
            guard let shared else { throw MissingPart("the webhook is not installed") }
            return shared
        }
    }

    /// Installs everything anew and runs `body` with one replica of the webhook, started with `arguments`.
    static func install(
        in cluster: TestCluster, _ arguments: [String] = [],
        _ body: @Sendable (InstalledWebhook) async throws -> Void
    ) async throws {
        let kubectl = Kubectl(cluster)
        try await applyManifests(kubectl)
        let files = try TemporaryDirectory()
        let kubeconfig = try await serviceAccountKubeconfig(of: kubectl, in: files)
        try await replica(kubectl, kubeconfig, arguments, answering: [.mutating, .validating]) { webhook in
            try await body(InstalledWebhook(cluster: cluster, webhook: webhook, kubeconfig: kubeconfig))
        }
        try await kubectl.output(["delete", "--ignore-not-found"] + Configuration.objects)
    }

    enum Configuration: String, CaseIterable {
        case mutating, validating

        /// With the injector's, whose entries a test may have left.
        static let objects = allCases.map(\.object) + ["mutatingwebhookconfiguration/etcdrecover-member-injector"]

        var object: String { "\(rawValue)webhookconfiguration/etcdrecover-\(rawValue)" }
        var path: String { self == .mutating ? "mutate" : "validate" }
    }

    /// Runs `body` beside one replica at which the API server's `configurations` point. The API server is outside the
    /// cluster's network here, so it calls by URL.
    static func replica(
        _ kubectl: Kubectl, _ kubeconfig: String, _ arguments: [String], answering configurations: [Configuration],
        _ body: @Sendable (WebhookProcess) async throws -> Void
    ) async throws {
        let common = [
            "--namespace", "etcdrecover-system", "--dns-name", "127.0.0.1", "--drain-timeout", "1s",
            "--agent-image", "etcdrecover:0.1.0",
        ]
        let ended = try await WebhookProcess.run(
            common + arguments, kubeconfig: kubeconfig,
            settingUp: { port in
                for configuration in configurations {
                    try await kubectl.output(
                        "patch", configuration.object, "--type=json", "--patch",
                        """
                        [{"op": "replace", "path": "/webhooks/0/clientConfig",
                          "value": {"url": "https://127.0.0.1:\(port)/\(configuration.path)"}}]
                        """)
                }
            }, body)
        #expect(ended.status == 0, "SIGTERM ends the webhook cleanly")
    }

    /// From nothing: what an earlier suite left of its own certificates and addresses goes first.
    private static func applyManifests(_ kubectl: Kubectl) async throws {
        try await kubectl.cluster.defineEtcdClusters()
        try await kubectl.output(["delete", "--ignore-not-found"] + Configuration.objects)
        _ = try await kubectl.run(
            "delete", "--ignore-not-found", "--namespace", "etcdrecover-system",
            "secret/etcdrecover-webhook-certificate")
        // Without the Deployment: its pods would share the certificate, and do not know the address we call here.
        let manifests = try await kubectl.output("kustomize", "\(SourceTree.path)/webhook-deploy/kubernetes-1.20")
            .split(separator: "\n---\n").filter { !$0.contains("\nkind: Deployment\n") }.joined(separator: "\n---\n")
        try await kubectl.apply(manifests)
        try await kubectl.output(
            "wait", "--for=condition=Established", "--timeout=120s", "crd/etcdbackups.operator.etcd.io",
            "crd/etcdrestores.operator.etcd.io", "crd/etcdrecoveries.operator.etcd.io")
    }

    /// A kubeconfig with the webhook's own token.
    static func serviceAccountKubeconfig(of kubectl: Kubectl, in files: TemporaryDirectory) async throws -> String {
        let token = try await kubectl.output(
            "create", "token", "etcdrecover-webhook", "--namespace", "etcdrecover-system", "--duration=2h")
        func cluster(_ field: String) async throws -> String {
            try await kubectl.output(
                "config", "view", "--raw", "--minify", "-o", "jsonpath={.clusters[0].cluster.\(field)}")
        }
        return try files.write(
            """
            apiVersion: v1
            kind: Config
            current-context: webhook
            contexts: [{name: webhook, context: {cluster: test, user: webhook}}]
            clusters:
            - name: test
              cluster:
                server: "\(try await cluster("server"))"
                certificate-authority-data: "\(try await cluster("certificate-authority-data"))"
            users: [{name: webhook, user: {token: "\(token.trimmed)"}}]
            """, to: "webhook.kubeconfig")
    }
}

struct InstalledWebhookTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await InstalledWebhook.install(in: try TestCluster.current) { installed in
            try await InstalledWebhook.$shared.withValue(installed) { try await function() }
        }
    }
}

extension Trait where Self == InstalledWebhookTrait {
    static var installedWebhook: Self { Self() }
}

enum SourceTree {
    static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}

extension String {
    var trimmed: String { String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
}
