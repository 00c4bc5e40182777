import Glibc

/// `etcdrecover webhook` as a process of its own, on free ports of 127.0.0.1.
package struct WebhookProcess: Sendable {
    package let service: Service
    /// Of the reviews, over TLS.
    package let port: Int
    /// Of /healthz, /readyz and /metrics, in the clear.
    package let healthPort: Int

    /// Runs `body` once the webhook is ready; ends it afterwards and returns its exit status as well. `arguments` come
    /// after the two listening addresses and `--kubeconfig`. `settingUp` is told the port before the process starts.
    package static func run<Value: Sendable>(
        _ arguments: [String], kubeconfig: String, within limit: Duration = .seconds(120),
        settingUp: @Sendable (Int) async throws -> Void = { _ in },
        _ body: @Sendable (WebhookProcess) async throws -> Value
    ) async throws -> (value: Value, status: Int32) {
        let (port, healthPort) = (try freePort(), try freePort())
        try await settingUp(port)
        let command = Command(
            "\(TestEnvironment.programs)/etcdrecover",
            [
                "webhook", "--listen", "127.0.0.1:\(port)", "--health-listen", "127.0.0.1:\(healthPort)",
                "--kubeconfig", kubeconfig,
            ] + arguments)
        return try await Service.run(command) { service in
            let webhook = WebhookProcess(service: service, port: port, healthPort: healthPort)
            try await service.wait(for: "readiness", within: limit) { try await webhook.isReady }
            return try await body(webhook)
        }
    }

    package var isReady: Bool {
        get async throws {
            try await Command(
                "curl", ["--fail", "--silent", "--max-time", "2", "http://127.0.0.1:\(healthPort)/readyz"]
            ).run().succeeded
        }
    }
}
