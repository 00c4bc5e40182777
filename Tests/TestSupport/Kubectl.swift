/// kubectl against the cluster of this test run.
package struct Kubectl: Sendable {
    package let cluster: TestCluster
    package var namespace: String?

    package init(_ cluster: TestCluster, namespace: String? = nil) {
        self.cluster = cluster
        self.namespace = namespace
    }

    /// Runs `kubectl` with the cluster's kubeconfig; `input` is what `-f -` reads. A refusal is a result, not an error.
    package func run(_ arguments: [String], input: String = "", within limit: Duration = .seconds(180)) async throws
        -> Command.Result
    {
        try await command(arguments, input: input).run(within: limit)
    }

    package func run(_ arguments: String..., input: String = "") async throws -> Command.Result {
        try await run(arguments, input: input)
    }

    /// The output of a call that must succeed.
    @discardableResult
    package func output(_ arguments: String..., input: String = "") async throws -> String {
        try await command(arguments, input: input).output(within: .seconds(180))
    }

    @discardableResult
    package func output(_ arguments: [String], input: String = "") async throws -> String {
        try await command(arguments, input: input).output(within: .seconds(180))
    }

    /// Applies manifests, which must be accepted.
    package func apply(_ manifests: String) async throws {
        try await output("apply", "-f", "-", input: manifests)
    }

    private func command(_ arguments: [String], input: String) -> Command {
        let place = namespace.map { ["--namespace", $0] } ?? []
        return Command("kubectl", ["--kubeconfig", cluster.kubeconfig] + place + arguments, input: input)
    }

    /// Runs `body` with a namespace of its own, deleted afterwards without waiting.
    package static func withNamespace<Value: Sendable>(
        on cluster: TestCluster, _ body: (Kubectl) async throws -> Value
    ) async throws -> Value {
        let name = "test-\(UInt64.random(in: .min ... .max))"
        let kubectl = Kubectl(cluster, namespace: name)
        try await kubectl.output("create", "namespace", name)
        do {
            let value = try await body(kubectl)
            _ = try await kubectl.run("delete", "namespace", name, "--wait=false")
            return value
        } catch {
            _ = try? await kubectl.run("delete", "namespace", name, "--wait=false")
            throw error
        }
    }
}
