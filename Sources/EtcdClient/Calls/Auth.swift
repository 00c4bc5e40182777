package import HTTP
import SwiftProtobuf

extension EtcdClient {
    package struct AuthenticationStatus: Hashable, Sendable {
        package var isEnabled: Bool
        /// Rises with every change of users, roles and permissions.
        package var revision: UInt64
    }

    /// Whether authentication is on. Needs quorum; unknown to 3.4.
    package func authenticationStatus() async throws -> AuthenticationStatus {
        let response: WireAuthStatusResponse = try await call(.authStatus, WireAuthStatusRequest())
        return AuthenticationStatus(isEnabled: response.enabled, revision: response.authRevision)
    }

    /// A token for `login`. Needs quorum. Other calls see to this by themselves.
    package func authenticate(_ login: Login) async throws -> SecretBytes {
        var request = WireAuthenticateRequest()
        request.name = login.user
        request.password = login.password.reveal()
        let message: [UInt8] = try request.serializedBytes()
        return try await atAnyEndpoint(.authenticate) { endpoint in
            let call = GRPCCall(
                http: session.http, endpoint: endpoint, method: .authenticate, token: nil,
                messageLimit: session.messageLimit)
            let response: WireAuthenticateResponse = try call.decode(await call.unary(message, within: deadline))
            return SecretBytes(response.token)
        }
    }
}
