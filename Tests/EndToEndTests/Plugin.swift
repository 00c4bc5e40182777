import TestSupport

/// `kubectl etcdrecover`, run as a process against the test cluster.
struct Plugin: Sendable {
    var kubeconfig: String
    var namespace: String

    func command(_ arguments: [String], input: String = "") -> Command {
        Command(
            "\(TestEnvironment.programs)/kubectl-etcdrecover",
            arguments + ["--kubeconfig", kubeconfig, "--namespace", namespace], environment: ["NO_COLOR": "1"],
            input: input)
    }

    func run(_ arguments: String..., input: String = "") async throws -> Command.Result {
        try await command(arguments, input: input).run(within: .seconds(160))
    }
}

extension Kubectl {
    var plugin: Plugin { Plugin(kubeconfig: cluster.kubeconfig, namespace: namespace ?? "default") }

    /// A bucket of this namespace alone, since backups of all namespaces are judged together.
    var bucket: String { namespace ?? "backups" }

    /// A good EtcdBackup, `nightly`.
    var backup: String {
        """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdBackup
        metadata: {name: nightly}
        spec:
          clusterRef: main
          destination: {secretRef: {name: store}, s3: {bucket: \(bucket)}}
        """
    }

    /// A namespace with what a good backup needs: an EtcdCluster `main` and a Secret `store`.
    static func withPreparedNamespace(_ body: (Kubectl) async throws -> Void) async throws {
        try await withNamespace(on: try InstalledWebhook.current.cluster) { kubectl in
            try await kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdCluster
                metadata: {name: main}
                spec: {size: 3, version: v3.5.21}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: store}
                stringData: {accessKeyID: \(Canary.accessKeyID), secretAccessKey: \(Canary.secretAccessKey)}
                """)
            try await body(kubectl)
        }
    }
}

/// Credentials that must show up in no output of ours.
enum Canary {
    static let accessKeyID = "AKIACANARYACCESSKEY1"
    static let secretAccessKey = "canary/Secret+Access+Key/0123456789abcdef"
}
