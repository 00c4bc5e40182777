import HTTP
import HTTPTypes

/// One call to one endpoint: what goes over the wire, whatever the messages mean.
struct GRPCCall: Sendable {
    let http: HTTPClient
    let endpoint: EtcdEndpoint
    let method: Method
    var token: SecretBytes?
    /// Bytes of one message of the response.
    let messageLimit: Int
    /// Asks the server to refuse where it knows no leader.
    var requiresLeader = false

    /// One message each way.
    func unary(_ message: [UInt8], within limit: Duration) async throws -> [UInt8] {
        let deadlines = Deadlines(connect: min(limit, .seconds(10)), total: limit, idle: nil)
        let request = request(.bytes(FrameBuffer.frame(message)), timeout: limit)
        return try await translating {
            let response = try await http.send(
                request, deadlines: deadlines, bodyLimit: messageLimit + FrameBuffer.prefix)
            try checkHead(response.head)
            try checkEnd(response.trailers)
            return try FrameBuffer.single(in: response.body, limit: messageLimit)
        }
    }

    /// Hands over the response once its head is here and no refusal. Reading `body` to its end says nothing yet: that is
    /// for `checkEnd`.
    func stream<Result>(
        _ body: RequestBody, deadlines: Deadlines, isolation: isolated (any Actor)? = #isolation,
        _ receive: (ResponseBody) async throws -> Result
    ) async throws -> Result {
        try await translating {
            try await http.withResponse(to: request(body, timeout: deadlines.total), deadlines: deadlines) {
                head, body in
                try checkHead(head)
                return try await receive(body)
            }
        }
    }

    /// Throws unless a response that was read to its end ended well: the trailers decide.
    func checkEnd(_ trailers: HTTPFields) throws(EtcdError) {
        guard let status = GRPCStatus(trailers) else { throw error(.malformed("it ends without a status")) }
        guard status.code == .ok else { throw error(.status(status)) }
    }

    func error(_ reason: EtcdError.Reason) -> EtcdError {
        EtcdError(endpoint: endpoint, call: method.name, reason: reason)
    }

    /// Runs `body` with what the layers below throw made into an `EtcdError`.
    func translating<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let failure as HTTPError {
            throw error(.transport(failure))
        } catch let failure as FrameError {
            throw error(.malformed(failure.description))
        }
    }

    /// A refusal may come as a head without a body.
    private func checkHead(_ head: ResponseHead) throws(EtcdError) {
        if let status = GRPCStatus(head.headers), status.code != .ok { throw error(.status(status)) }
        guard head.status.code == 200 else { throw error(.status(GRPCStatus(httpStatus: head.status.code))) }
        guard head.headers[.contentType]?.hasPrefix("application/grpc") == true else {
            throw error(.malformed("it is not gRPC's; check that this is etcd's client port"))
        }
    }

    private func request(_ body: RequestBody, timeout: Duration?) -> Request {
        var headers: HTTPFields = [.contentType: "application/grpc", .te: "trailers"]
        // A little longer than our own, which tells more: some servers just reset the stream.
        if let timeout { headers[Self.timeoutField] = Self.timeout(timeout + .seconds(1)) }
        if requiresLeader { headers[Self.leaderField] = "true" }
        return Request(
            .post, endpoint.url + method.path, headers: headers,
            authorization: token.map { .token($0, field: Self.tokenField) }, serverName: endpoint.serverName,
            body: body)
    }

    /// Eight digits at most and a unit, as the protocol has it.
    static func timeout(_ limit: Duration) -> String {
        let (seconds, attoseconds) = limit.components
        guard seconds < 99_999 else { return "\(min(99_999_999, seconds))S" }
        return "\(max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))m"
    }

    private static let timeoutField = HTTPField.Name.constant("grpc-timeout")
    private static let leaderField = HTTPField.Name.constant("hasleader")
    private static let tokenField = HTTPField.Name.constant("token")
}

extension HTTPField.Name {
    static let te = HTTPField.Name.constant("te")
}
