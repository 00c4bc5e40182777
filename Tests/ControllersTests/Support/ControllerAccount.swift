import Foundation
import TestSupport

/// The controller's ServiceAccount with the rights that `webhook-deploy` gives it, and no others, in a namespace of its own.
struct ControllerAccount: Sendable {
    /// With its token.
    let kubeconfig: String
    let namespace: String
    /// The only lease that it may write.
    let lease: String

    static func with(
        _ namespace: TestNamespace, _ body: @Sendable (ControllerAccount) async throws -> Void
    ) async throws {
        let kubectl = namespace.kubectl
        // Other tests install and remove the real ones.
        let name = "etcdrecover-controller-\(namespace.name)"
        let rights = try String(
            contentsOfFile: "\(TestNamespace.tree)/webhook-deploy/base/controller-rbac.yaml", encoding: .utf8
        )
        .replacing("etcdrecover-controller", with: name).replacing("etcdrecover-system", with: namespace.name)
        try await kubectl.output("create", "serviceaccount", name)
        try await kubectl.apply(rights)
        let files = try TemporaryDirectory()
        let token = try await kubectl.output("create", "token", name, "--duration=1h")
        func cluster(_ field: String) async throws -> String {
            try await kubectl.output(
                "config", "view", "--raw", "--minify", "-o", "jsonpath={.clusters[0].cluster.\(field)}")
        }
        let kubeconfig = try files.write(
            """
            apiVersion: v1
            kind: Config
            current-context: controller
            contexts: [{name: controller, context: {cluster: test, user: controller, namespace: \(namespace.name)}}]
            clusters:
            - name: test
              cluster:
                server: "\(try await cluster("server"))"
                certificate-authority-data: "\(try await cluster("certificate-authority-data"))"
            users: [{name: controller, user: {token: "\(token.split(separator: "\n").joined())"}}]
            """, to: "kubeconfig")
        let account = ControllerAccount(kubeconfig: kubeconfig, namespace: namespace.name, lease: name)
        let result: Result<Void, any Error>
        do { result = .success(try await body(account)) } catch { result = .failure(error) }
        _ = try? await kubectl.run("delete", "clusterrole,clusterrolebinding", name)
        withExtendedLifetime(files) {}
        try result.get()
    }
}
