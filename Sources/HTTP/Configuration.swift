extension HTTPClient {
    package struct Configuration: Sendable {
        package var tls: TLSOptions
        package var proxy: ProxyPolicy
        package var version: VersionPolicy
        package var userAgent: String
        /// Lets HTTP/2 requests to one host share a connection. Off, each has one of its own while it lasts: a response
        /// that is not read then holds up no other, as it does in libcurl when they share. Turn it on for clients that
        /// only `send`.
        package var sharesConnections: Bool
        /// Open connections to one host and port; requests beyond wait their turn. Streams hold one each.
        package var connectionsPerHost: Int
        /// Bytes of all header fields of one response.
        package var headerLimit: Int

        package init(
            tls: TLSOptions = TLSOptions(), proxy: ProxyPolicy = .environment, version: VersionPolicy = .automatic,
            userAgent: String = "etcdrecover", sharesConnections: Bool = false, connectionsPerHost: Int = 256,
            headerLimit: Int = 64 << 10
        ) {
            self.tls = tls
            self.proxy = proxy
            self.version = version
            self.userAgent = userAgent
            self.sharesConnections = sharesConnections
            self.connectionsPerHost = connectionsPerHost
            self.headerLimit = headerLimit
        }
    }

    package enum VersionPolicy: Sendable {
        /// HTTP/2 where the TLS handshake agrees on it, else HTTP/1.1.
        case automatic
        case http1
        /// HTTP/2 and nothing else, as gRPC has it: agreed on in the TLS handshake, or in the clear from the first byte, then
        /// with a connection for each request. Only here are the trailers of an HTTP/2 response with a `Content-Length`
        /// seen: libcurl stops reading at that length.
        case http2
    }
}

package enum ProxyPolicy: Sendable {
    /// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, upper or lower case, read when the client is made.
    case environment
    case none
    /// `http`, `https`, `socks5` or `socks5h`. May carry user and password, so it is kept as a secret.
    case url(SecretBytes)
}
