package import HTTPTypes

/// One HTTP request. Redirects are never followed: the caller sees the 3xx.
package struct Request: Sendable {
    /// Absolute, `http` or `https`, already percent-encoded, without user info.
    package var url: String
    package var method: HTTPRequest.Method
    /// Credentials belong in `authorization`: these fields may be printed.
    package var headers: HTTPFields
    package var authorization: Authorization?
    /// Replaces `TLSOptions.serverName` for this request.
    package var serverName: String?
    package var body: RequestBody

    package init(
        _ method: HTTPRequest.Method = .get, _ url: String, headers: HTTPFields = [:],
        authorization: Authorization? = nil, serverName: String? = nil, body: RequestBody = .none
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.authorization = authorization
        self.serverName = serverName
        self.body = body
    }
}

/// Who asks. It goes into the `Authorization` field, unless the protocol has one of its own.
package enum Authorization: Equatable, Sendable {
    case bearer(SecretBytes)
    case basic(user: String, password: SecretBytes)
    case token(SecretBytes, field: HTTPField.Name)
}

package enum RequestBody: Sendable {
    case none
    case bytes([UInt8])
    /// Pulled chunk by chunk as the network takes it, and once only: such a request cannot be repeated by the client.
    /// `length` in bytes where known; without it HTTP/1.1 sends chunked. Chunks of 16 KiB to 1 MiB pass fastest.
    case stream(length: Int64?, any AsyncSequence<[UInt8], any Error> & Sendable)
}
