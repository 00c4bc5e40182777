import CCurl

/// How far an exchange had come when it failed.
struct ExchangeProgress {
    let endpoint: String
    let proxyEndpoint: String?
    let isConnected: Bool
    let hasHead: Bool
    let bodyBytes: Int64
    let headerLimit: Int
    let connectDeadline: Duration
}

extension HTTPError {
    init(_ failure: CurlFailure, _ progress: ExchangeProgress) {
        self =
            Self.proxyError(failure, progress) ?? Self.tlsFailure(failure).map { .tls(endpoint: progress.endpoint, $0) }
            ?? Self.connectionError(failure, progress)
    }

    private static func proxyError(_ failure: CurlFailure, _ progress: ExchangeProgress) -> HTTPError? {
        guard let proxy = progress.proxyEndpoint, !progress.isConnected else { return nil }
        switch failure.code {
        case CURLE_COULDNT_RESOLVE_PROXY: return .proxy(endpoint: proxy, .cannotResolve)
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: return .proxy(endpoint: proxy, .cannotConnect)
        case _ where failure.connectStatus >= 300:
            return .proxy(endpoint: proxy, .refused(status: failure.connectStatus))
        case CURLE_PEER_FAILED_VERIFICATION where failure.proxyVerifyResult != 0:
            return .tls(endpoint: proxy, TLSFailure(verifyResult: failure.proxyVerifyResult))
        default: return nil
        }
    }

    private static func tlsFailure(_ failure: CurlFailure) -> TLSFailure? {
        switch failure.code {
        case CURLE_PEER_FAILED_VERIFICATION: TLSFailure(verifyResult: failure.verifyResult)
        case CURLE_SSL_CERTPROBLEM: .badClientCertificate
        case CURLE_SSL_CACERT_BADFILE: .badCertificateAuthorities
        case CURLE_SSL_CLIENTCERT: .clientCertificateRefused
        case CURLE_SSL_CONNECT_ERROR: TLSFailure(opensslError: failure.opensslError) ?? .handshake
        // In TLS 1.3 the server looks at our certificate after the handshake is over for us.
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: TLSFailure(opensslError: failure.opensslError)
        default: nil
        }
    }

    private static func connectionError(_ failure: CurlFailure, _ progress: ExchangeProgress) -> HTTPError {
        let endpoint = progress.endpoint
        switch failure.code {
        case CURLE_URL_MALFORMAT: return .invalidURL(reason: failure.reason.lowercased())
        case CURLE_COULDNT_RESOLVE_HOST: return .cannotResolve(endpoint: endpoint)
        case CURLE_COULDNT_CONNECT: return .cannotConnect(endpoint: endpoint)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(endpoint: endpoint, .connect, after: progress.connectDeadline)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
            return .connectionLost(endpoint: endpoint, bytesReceived: progress.bodyBytes)
        // libcurl's own limit for one line of the head.
        case CURLE_OUT_OF_MEMORY where progress.isConnected && !progress.hasHead:
            return .headersTooLarge(endpoint: endpoint, limit: progress.headerLimit)
        case CURLE_WEIRD_SERVER_REPLY: return .malformedResponse(endpoint: endpoint, reason: "malformed reply")
        // What libcurl says of an answer without a status line, taken for HTTP/0.9.
        case CURLE_UNSUPPORTED_PROTOCOL: return .malformedResponse(endpoint: endpoint, reason: "no status line")
        default:
            return .transport(endpoint: endpoint, code: Int(failure.code.rawValue), reason: failure.reason.lowercased())
        }
    }
}

extension HTTPError.TLSFailure {
    /// From OpenSSL's `X509_V_ERR_` numbers. libcurl checks the name itself, and leaves 1 (unspecified) where the chain was
    /// sound and the name did not fit.
    init(verifyResult: Int) {
        self =
            switch verifyResult {
            case 0, 1, 62, 64: .nameMismatch
            case 9: .notYetValid
            case 10: .expired
            case 23: .revoked
            default: .untrustedAuthority
            }
    }

    /// From an alert about our certificate, which OpenSSL numbers 1000 above the alert; `nil` for anything else.
    init?(opensslError: UInt32) {
        let (library, reason) = (opensslError >> 23, opensslError & 0x7F_FFFF)
        // bad, unsupported, revoked, expired or unknown certificate, unknown CA, access denied, certificate required
        guard library == 20, [1042, 1043, 1044, 1045, 1046, 1048, 1049, 1116].contains(reason) else { return nil }
        self = .clientCertificateRefused
    }
}
