import HTTPTypes
import HummingbirdCore

/// What kubelet and Prometheus ask, in the clear and on a port of its own: none of it is secret, and probes know no CA.
struct HealthEndpoint: Sendable {
    /// Empty when ready.
    let reasonsAgainst: @Sendable () -> [String]
    let exposition: @Sendable () -> String

    func respond(to request: Request, writer: consuming ResponseWriter) async throws {
        var reply = reply(to: request.head)
        // Probes come one at a time, and whoever else reaches this port is not to fill it with idle connections.
        reply.closeConnection()
        let deadline = ConnectionDeadline.current
        deadline?.enter(.writing)
        try await writer.write(
            response: reply.head, body: request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: reply.body))
        deadline?.enter(.lingering)
    }

    func reply(to head: HTTPRequest) -> Reply {
        guard head.method == .get || head.method == .head else {
            return Reply(Refusal.methodNotAllowed(head.method, allowed: "GET, HEAD"))
        }
        switch (head.path ?? "").prefix(while: { $0 != "?" }) {
        case "/healthz": return Reply("ok\n")
        case "/readyz":
            let reasons = reasonsAgainst()
            return reasons.isEmpty
                ? Reply("ok\n")
                : Reply("not ready: \(reasons.joined(separator: "; "))\n", status: .serviceUnavailable)
        case "/metrics":
            return Reply(exposition(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        case let path:
            return Reply(
                Refusal(
                    code: .notFound, reason: "NotFound",
                    message: "nothing is served at \(path.prefix(100)); there are /healthz, /readyz and /metrics"))
        }
    }
}
