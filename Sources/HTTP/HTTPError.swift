/// Why an exchange failed before a whole response was here. A response of any status is no error.
///
/// `endpoint` is `host:port`; no case carries a credential, a query or the user info of a URL.
package enum HTTPError: Error, Hashable, Sendable {
    case invalidURL(reason: String)
    case invalidRequest(reason: String)
    case cannotResolve(endpoint: String)
    case cannotConnect(endpoint: String)
    case tls(endpoint: String, TLSFailure)
    /// `endpoint` is the proxy's.
    case proxy(endpoint: String, ProxyFailure)
    case timedOut(endpoint: String, Phase, after: Duration)
    /// The connection ended in mid-exchange. `bytesReceived` counts the body.
    case connectionLost(endpoint: String, bytesReceived: Int64)
    case headersTooLarge(endpoint: String, limit: Int)
    case bodyTooLarge(endpoint: String, limit: Int)
    /// The peer does not speak the protocol asked for.
    case malformedResponse(endpoint: String, reason: String)
    /// The request's own stream gave fewer or more bytes than its announced length.
    case bodyLengthMismatch(endpoint: String, announced: Int64)
    /// The client was shut down.
    case clientClosed
    /// A failure of libcurl itself, by its number and libcurl's fixed text for it.
    case transport(endpoint: String, code: Int, reason: String)

    package enum Phase: String, Sendable {
        case connect, total, response, idle, stall
    }

    package enum TLSFailure: Hashable, Sendable {
        case untrustedAuthority
        case expired
        case notYetValid
        case nameMismatch
        case revoked
        /// The server asked for a client certificate and did not accept what it got, if anything.
        case clientCertificateRefused
        /// Our own certificate or key does not load, or they are not a pair.
        case badClientCertificate
        case badCertificateAuthorities
        /// No common version or cipher, or the peer does not speak TLS.
        case handshake
    }

    package enum ProxyFailure: Hashable, Sendable {
        case cannotResolve
        case cannotConnect
        case invalidURL
        /// The answer to CONNECT.
        case refused(status: Int)
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL(let reason):
            "invalid URL: \(reason)"
        case .invalidRequest(let reason):
            "invalid request: \(reason)"
        case .cannotResolve(let endpoint):
            "cannot resolve the host of \(endpoint); check the name and this machine's DNS"
        case .cannotConnect(let endpoint):
            "cannot connect to \(endpoint); check that it is running and that no firewall is in between"
        case .tls(let endpoint, let failure):
            "TLS with \(endpoint) failed: \(failure)"
        case .proxy(let endpoint, let failure):
            "proxy \(endpoint): \(failure)"
        case .timedOut(let endpoint, let phase, let limit):
            "\(endpoint): \(phase.happening(for: limit)); try again, or raise the limit"
        case .connectionLost(let endpoint, let received):
            "\(endpoint) ended the connection early, after \(received) bytes of the response's body; try again"
        case .headersTooLarge(let endpoint, let limit):
            "\(endpoint) sent more than \(limit) bytes of header fields; check that it is the intended server"
        case .bodyTooLarge(let endpoint, let limit):
            "\(endpoint) sent a body larger than the \(limit) bytes accepted here; ask for less at a time"
        case .malformedResponse(let endpoint, let reason):
            "\(endpoint) sent no valid response (\(reason)); check scheme and port"
        case .bodyLengthMismatch(let endpoint, let announced):
            "the request to \(endpoint) announced \(announced) bytes of body and its source gave another number"
        case .clientClosed:
            "the HTTP client is shut down"
        case .transport(let endpoint, let code, let reason):
            "the exchange with \(endpoint) failed: \(reason) (libcurl \(code))"
        }
    }
}

extension HTTPError.Phase {
    fileprivate func happening(for limit: Duration) -> String {
        switch self {
        case .connect: "no connection within \(limit)"
        case .total: "the exchange took longer than \(limit)"
        case .response: "no response came within \(limit)"
        case .idle: "nothing was sent or received for \(limit)"
        case .stall: "the transfer was slower than its least pace for \(limit)"
        }
    }
}

extension HTTPError.TLSFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untrustedAuthority: "no trusted certificate authority signed its certificate; check the CA given"
        case .expired: "its certificate has expired; renew it, and check this machine's clock"
        case .notYetValid: "its certificate is not valid yet; check both clocks"
        case .nameMismatch: "its certificate is for other names; use one of those, or set the server name"
        case .revoked: "its certificate is revoked"
        case .clientCertificateRefused: "it did not accept our client certificate; check who signed it and its dates"
        case .badClientCertificate: "our client certificate and key do not load or do not belong together"
        case .badCertificateAuthorities: "the CA certificates given are not valid PEM"
        case .handshake:
            "the handshake broke off; check that the port speaks TLS 1.2 or newer and not plain http, and whether it wants a "
                + "client certificate"
        }
    }
}

extension HTTPError.ProxyFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotResolve: "cannot resolve its name; check HTTPS_PROXY and DNS"
        case .cannotConnect: "cannot connect; check HTTPS_PROXY, or name the host in NO_PROXY"
        case .invalidURL: "not a valid proxy URL; use http://HOST:PORT"
        case .refused(let status): "refused the tunnel with status \(status); check its access rules and credentials"
        }
    }
}
