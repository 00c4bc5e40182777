import FoundationEssentials

extension TestCluster {
    /// Defines the operator's EtcdCluster. Once for all tests, each of which awaits it: suites run beside each other, and
    /// `kubectl apply` fails where somebody else creates the same meanwhile.
    package func defineEtcdClusters() async throws { try await Self.definition.value }

    private static let definition = Task {
        let kubectl = Kubectl(try current)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        try await kubectl.output("apply", "-f", "\(tests)/Cluster/etcd-operator-stand-in.yaml")
        try await kubectl.output(
            "wait", "--for=condition=Established", "--timeout=120s", "crd/etcdclusters.operator.etcd.io")
    }
}
