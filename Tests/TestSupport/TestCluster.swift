package import Testing

/// The real API server of this test run, started by `make test` or named by the caller.
package struct TestCluster: Sendable {
    /// A kubeconfig with one context, whose user may do everything.
    package let kubeconfig: String
    /// An address of this machine that the API server reaches, for webhooks by URL.
    package let address: String
    /// Whether pods run.
    package let hasNodes: Bool
    /// Path of the tool that made the cluster, which packs and loads images.
    package let tool: String
    /// `etcd`'s client URL, where the cluster is the one that `make test` started.
    package let etcd: String?

    /// The cluster, or the error that says how to get one.
    package static var current: TestCluster {
        get throws {
            guard let found else { throw MissingPart(missing) }
            return found
        }
    }

    private static let found: TestCluster? = {
        let variables = TestEnvironment.variables
        guard let kubeconfig = variables["ETCDRECOVER_TEST_KUBECONFIG"], !kubeconfig.isEmpty else { return nil }
        return TestCluster(
            kubeconfig: kubeconfig, address: variables["ETCDRECOVER_TEST_ADDRESS"] ?? "127.0.0.1",
            hasNodes: (Int(variables["ETCDRECOVER_TEST_NODES"] ?? "") ?? 0) > 0,
            tool: variables["ETCDRECOVER_TEST_CLUSTER"] ?? "", etcd: variables["ETCDRECOVER_TEST_CLUSTER_ETCD"])
    }()

    static let missing = "needs an API server: run 'make test', which starts one and sets ETCDRECOVER_TEST_KUBECONFIG"

    /// Pods need cgroup v1 and root, which some machines cannot give: never required, only said.
    static var whyNoPods: String {
        "needs pods: " + (TestEnvironment.variables["ETCDRECOVER_TEST_NO_NODES"] ?? "run 'make test' as root")
    }

    static var isOpen: Bool { found != nil || TestEnvironment.requiresEverything }

    static var canRunPods: Bool { found?.hasNodes ?? false }
}

extension Trait where Self == ConditionTrait {
    /// Skipped without an API server; under `make test` it fails instead, in `TestCluster.current`.
    package static var needsCluster: Self { .enabled(if: TestCluster.isOpen, "\(TestCluster.missing)") }

    /// Skipped where no pod can run, with the reason.
    package static var needsPods: Self { .enabled(if: TestCluster.canRunPods, "\(TestCluster.whyNoPods)") }

    /// Skipped without `program` on the PATH; under `make test` it fails instead, when it is run.
    package static func needs(_ program: String, from package: String) -> Self {
        .enabled(
            if: TestEnvironment.requiresEverything || Command.isInstalled(program), "install Debian's \(package)")
    }
}
