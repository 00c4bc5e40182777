import HTTP
import SwiftProtobuf

extension EtcdClient {
    /// One message each way, at the first endpoint that answers.
    func call<Response: SwiftProtobuf.Message>(
        _ method: Method, _ request: some SwiftProtobuf.Message
    ) async throws -> Response {
        let message: [UInt8] = try request.serializedBytes()
        return try await atAnyEndpoint(method) { endpoint in
            try await authorized(method, at: endpoint) { call in
                try call.decode(await call.unary(message, within: deadline))
            }
        }
    }

    /// Tries `attempt` at the endpoints in turn, as far as the failures leave it open.
    func atAnyEndpoint<Result>(
        _ method: Method, isolation: isolated (any Actor)? = #isolation,
        _ attempt: (EtcdEndpoint) async throws -> Result
    ) async throws -> Result {
        var failures: [EtcdError] = []
        for endpoint in session.inOrder(endpoints) {
            do {
                let result = try await attempt(endpoint)
                session.answered(endpoint)
                return result
            } catch let error as EtcdError {
                guard error.kind.leavesOthersToTry(isRead: method.isRead) else { throw error }
                failures.append(error)
            }
        }
        if failures.count == 1 { throw failures[0] }
        throw NoEndpointAnswered(failures: failures)
    }

    /// Makes a call with the token there is, logging in before where it takes one, and once again where that token is too
    /// old. `attempt` must not have had an effect when it throws an error that asks for a token.
    func authorized<Result>(
        _ method: Method, at endpoint: EtcdEndpoint, isolation: isolated (any Actor)? = #isolation,
        _ attempt: (GRPCCall) async throws -> Result
    ) async throws -> Result {
        var call = GRPCCall(
            http: session.http, endpoint: endpoint, method: method, token: session.token,
            messageLimit: session.messageLimit)
        guard session.login != nil, !session.isAuthenticationOff else { return try await attempt(call) }
        var isTokenNew = false
        if call.token == nil, !method.isOpen {
            do {
                call.token = try await logIn(at: endpoint)
                isTokenNew = true
            } catch let failure as EtcdError where failure.kind.isUnavailability && session.hasClientCertificate {
                // Without quorum nobody can log in, but the certificate may name a user.
                do { return try await attempt(call) } catch let error as EtcdError where error.kind.asksForToken {
                    throw failure
                }
            }
        }
        do {
            return try await attempt(call)
        } catch let error as EtcdError where error.kind.asksForToken || (!isTokenNew && method.hides(error.kind)) {
            // Another task may have a new one already.
            let newer = session.token
            call.token = newer != nil && newer != call.token ? newer : try await logIn(at: endpoint)
            return try await attempt(call)
        }
    }

    /// A new token for all; `nil` where authentication turns out to be off.
    private func logIn(at endpoint: EtcdEndpoint) async throws -> SecretBytes? {
        guard let login = session.login else { return nil }
        do {
            let token = try await at(endpoint).authenticate(login)
            session.token = token
            return token
        } catch let error as EtcdError where error.kind == .authenticationOff {
            session.isAuthenticationOff = true
            return nil
        }
    }
}

extension GRPCCall {
    func decode<Message: SwiftProtobuf.Message>(_ bytes: [UInt8]) throws(EtcdError) -> Message {
        do {
            return try Message(serializedBytes: bytes)
        } catch {
            throw self.error(.malformed("its message does not decode"))
        }
    }
}
