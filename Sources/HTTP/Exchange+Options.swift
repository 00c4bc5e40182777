import CCurl

extension Exchange {
    /// The libcurl transfer for this exchange, not yet started.
    func makeEasy(_ configuration: HTTPClient.Configuration, _ tls: PreparedTLS) throws -> CurlEasy {
        let easy = try CurlEasy(delegate: self)
        try setRequest(on: easy, configuration)
        try setConnection(on: easy, configuration)
        try tls.apply(to: easy)
        return easy
    }

    private func setRequest(on easy: CurlEasy, _ configuration: HTTPClient.Configuration) throws {
        try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_PATH_AS_IS, 1)
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        // Nothing of ours goes to a proxy with the CONNECT.
        easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        for line in request.headers { easy.addHeader(line) }
        if let (user, password) = request.basic {
            easy.set(CURLOPT_HTTPAUTH, Int(cc_auth_basic))
            try easy.set(CURLOPT_USERNAME, user)
            easy.set(CURLOPT_PASSWORD, text: password)
        }
        switch request.upload {
        // libcurl 7.88 may lose an HTTP/2 response that is whole before it has noted the end of the upload.
        case .bytes(let bytes) where configuration.version == .http2 && !bytes.isEmpty:
            easy.setBody(SecretBytes(bytes))
            // Else it would name one of its own.
            if !request.hasContentType { easy.addHeader(SecretBytes("Content-Type:")) }
        case .none:
            easy.set(request.method == "HEAD" ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1)
        case .bytes, .stream:
            easy.set(CURLOPT_UPLOAD, 1)
            easy.set(CURLOPT_INFILESIZE_LARGE, offset: request.upload.length)
        }
        try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setConnection(on easy: CurlEasy, _ configuration: HTTPClient.Configuration) throws {
        // libcurl shares this limit out among a name's addresses; the loop's own clock has the last word.
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(transfer.deadlines.connect / .milliseconds(1))))
        easy.set(CURLOPT_NOSIGNAL, 1)
        // A name server that does not answer must not hold up the removal of the transfer that asked.
        easy.set(CURLOPT_QUICK_EXIT, 1)
        easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        easy.set(CURLOPT_TCP_KEEPIDLE, 30)
        easy.set(CURLOPT_TCP_KEEPINTVL, 15)
        easy.set(CURLOPT_BUFFERSIZE, 64 << 10)
        easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 128 << 10)
        setVersion(on: easy, configuration.version)
        if configuration.sharesConnections { easy.set(CURLOPT_PIPEWAIT, 1) }
        if let route = request.route { easy.addRoute(route) }
        // Empty rather than unset: the environment was read by `ProxySettings`, libcurl is not to read it again.
        try easy.set(CURLOPT_NOPROXY, "")
        if let proxy = request.proxy {
            easy.set(CURLOPT_PROXY, text: proxy.url)
            // For a URL that names no port libcurl would take 1080 whatever the scheme.
            easy.set(CURLOPT_PROXYPORT, proxy.port)
        } else {
            try easy.set(CURLOPT_PROXY, "")
        }
    }

    private func setVersion(on easy: CurlEasy, _ policy: HTTPClient.VersionPolicy) {
        switch policy {
        case .automatic: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        case .http1: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        case .http2:
            // The frames say where the body ends, and nghttp2 checks the length; the trailers come after both.
            easy.set(CURLOPT_IGNORE_CONTENT_LENGTH, 1)
            guard !request.isSecure else {
                easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
                return
            }
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
            // libcurl 7.88 fails the second request on such a connection.
            easy.set(CURLOPT_FRESH_CONNECT, 1)
            easy.set(CURLOPT_FORBID_REUSE, 1)
        }
    }
}

/// TLS options in memory that libcurl borrows for every connection.
struct PreparedTLS: Sendable {
    private let authorities: SecretBytes?
    private let chain: SecretBytes?
    private let key: SecretBytes?
    private let verifiesPeer: Bool

    init(_ options: TLSOptions) {
        authorities = options.certificateAuthorities.map { SecretBytes($0) }
        chain = options.clientCertificate.map { SecretBytes($0.chain) }
        key = options.clientCertificate?.key
        verifiesPeer = options.verifiesPeer
    }

    func apply(to easy: CurlEasy) throws {
        easy.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        easy.set(CURLOPT_SSL_VERIFYPEER, verifiesPeer ? 1 : 0)
        easy.set(CURLOPT_SSL_VERIFYHOST, verifiesPeer ? 2 : 0)
        // The directory would be trusted beside the authorities given, and keeps libcurl from caching the system's store.
        try easy.set(CURLOPT_CAPATH, nil)
        try easy.set(CURLOPT_PROXY_CAPATH, nil)
        if let authorities {
            try easy.set(CURLOPT_CAINFO_BLOB, blob: authorities)
        } else if let file = systemAuthorities {
            try easy.set(CURLOPT_CAINFO, file)
        }
        if let file = systemAuthorities { try easy.set(CURLOPT_PROXY_CAINFO, file) }
        if let chain, let key {
            try easy.set(CURLOPT_SSLCERT_BLOB, blob: chain)
            try easy.set(CURLOPT_SSLCERTTYPE, "PEM")
            try easy.set(CURLOPT_SSLKEY_BLOB, blob: key)
            try easy.set(CURLOPT_SSLKEYTYPE, "PEM")
        }
    }
}
