import EtcdRecoverModel
import HTTP
import HTTPTypes
import KubernetesClient

/// Whether members will get their copies from the controller's volume, asked before any of them is stopped: what is missing
/// then is found by nobody in time.
struct RescueReachability: Sendable {
    let client: KubernetesClient

    /// Throws `Failure` where a member that is laid would wait in vain.
    func run(_ server: EtcdRecovery.RescueServer) async throws {
        try await checkRight()
        try await checkWay(to: server)
    }

    /// Without it no token is known to be a member's.
    private func checkRight() async throws {
        let review = ResourceAccess(verb: "create", group: "authentication.k8s.io", resource: "tokenreviews")
        guard try await client.mayAccess(review, user: nil).isAllowed else {
            throw Failure(
                reason: .kubernetesUnavailable,
                message: "the controller may not create tokenreviews, and would know no member that asks for its copy: "
                    + "apply webhook-deploy/rescue-volume", mayPass: false)
        }
    }

    /// As a member takes it, but for the token: Service, name, certificate.
    private func checkWay(to server: EtcdRecovery.RescueServer) async throws {
        let http = try HTTPClient(
            HTTPClient.Configuration(
                tls: TLSOptions(certificateAuthorities: Array(server.caBundle.utf8)), proxy: .none, version: .http1))
        let answer: Result<Response, any Error>
        do {
            let limit = Deadlines(total: .seconds(10))
            answer = .success(
                try await http.send(Request(.get, "\(server.url)/"), deadlines: limit, bodyLimit: 64 << 10))
        } catch { answer = .failure(error) }
        await http.shutdown()
        do {
            let status = try answer.get().status
            // Nobody gets anything there without a token.
            guard status == .unauthorized else { throw unreachable(server, "it answers \(status.code)") }
        } catch let error as HTTPError {
            throw unreachable(server, "\(error)")
        }
    }

    private func unreachable(_ server: EtcdRecovery.RescueServer, _ why: String) -> Failure {
        Failure(
            reason: .storeUnreachable,
            message: "members would not get their copies from \(server.url): \(why). Check --rescue-url and its "
                + "Service", mayPass: true)
    }
}
