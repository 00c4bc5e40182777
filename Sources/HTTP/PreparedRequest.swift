import HTTPTypes

/// A request checked and put into libcurl's terms; a value, nothing has happened yet.
struct PreparedRequest: Sendable {
    let url: String
    let method: String
    /// Over TLS.
    let isSecure: Bool
    /// `host:port` of the origin.
    let endpoint: String
    /// Where to connect instead of the URL's host, as libcurl writes it: set when a TLS server name replaced that host.
    let route: String?
    /// Lines without a line break.
    let headers: [SecretBytes]
    let hasContentType: Bool
    let basic: (user: String, password: SecretBytes)?
    var upload: Upload
    let proxy: (url: SecretBytes, endpoint: String, port: Int)?

    enum Upload: Sendable {
        case none
        case bytes([UInt8])
        case stream(length: Int64?)

        /// Bytes, or -1 when not known.
        var length: Int64 {
            switch self {
            case .none: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .stream(let length): length ?? -1
            }
        }
    }

    init(_ request: Request, tls: TLSOptions, proxies: ProxySettings) throws(HTTPError) {
        let target = try CurlURL(request.url, schemes: ["http", "https"])
        guard !target.hasUserInfo else { throw .invalidURL(reason: "it holds credentials; pass them as authorization") }
        endpoint = "\(target.host):\(target.port)"
        isSecure = target.scheme == "https"
        method = request.method.rawValue
        var lines = try Self.lines(request)
        if isSecure, let name = request.serverName ?? tls.serverName, name != target.host {
            let renamed = try CurlURL(request.url, replacingHostWith: name, schemes: ["https"])
            url = renamed.text
            route = "\(name):\(target.port):\(endpoint)"
            let hasHost = request.headers.contains { $0.name.canonicalName == "host" }
            if !hasHost { lines.append(SecretBytes("Host: \(target.port == 443 ? target.host : endpoint)")) }
        } else {
            url = target.text
            route = nil
        }
        headers = lines
        hasContentType = request.headers.contains { $0.name.canonicalName == "content-type" }
        basic = Self.basic(request.authorization)
        upload = Self.upload(request)
        proxy = try Self.proxy(proxies, to: target)
    }

    private static func lines(_ request: Request) throws(HTTPError) -> [SecretBytes] {
        // No waiting for "100 Continue": a server that refuses closes anyway.
        var lines = [SecretBytes("Expect:")]
        for field in request.headers {
            // A semicolon is libcurl's way to write a field without a value.
            lines.append(SecretBytes(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"))
        }
        if let (prefix, token) = bearer(request.authorization) {
            let isPrintable = token.withUnsafeBytes { $0.allSatisfy { 0x21...0x7E ~= $0 } }
            guard isPrintable, !token.isEmpty else {
                throw .invalidRequest(
                    reason: "the bearer token is empty or holds spaces, line breaks or non-ASCII bytes")
            }
            lines.append(SecretBytes(prefix, followedBy: token))
        }
        return lines
    }

    private static func bearer(_ authorization: Authorization?) -> (prefix: String, token: SecretBytes)? {
        switch authorization {
        case .bearer(let token): ("Authorization: Bearer ", token)
        case .token(let token, let field): ("\(field.rawName): ", token)
        case .basic, nil: nil
        }
    }

    private static func basic(_ authorization: Authorization?) -> (user: String, password: SecretBytes)? {
        if case .basic(let user, let password) = authorization { (user, password) } else { nil }
    }

    /// A method that means to send gets a body of no bytes rather than none, hence a `Content-Length: 0`.
    private static func upload(_ request: Request) -> Upload {
        switch request.body {
        case .none: [.post, .put, .patch].contains(request.method) ? .bytes([]) : .none
        case .bytes(let bytes): .bytes(bytes)
        case .stream(let length, _): .stream(length: length)
        }
    }

    private static func proxy(
        _ proxies: ProxySettings, to target: CurlURL
    ) throws(HTTPError) -> (url: SecretBytes, endpoint: String, port: Int)? {
        guard let url = proxies.proxy(scheme: target.scheme, host: target.host, port: target.port) else { return nil }
        let text = url.reveal()
        let absolute = text.contains("://") ? text : "http://" + text
        do {
            let parts = try CurlURL(absolute, schemes: ["http", "https", "socks5", "socks5h"])
            return (SecretBytes(absolute), "\(parts.host):\(parts.port)", parts.port)
        } catch {
            // What is wrong with it is not repeated: it may hold a password.
            throw .proxy(endpoint: "of the configuration", .invalidURL)
        }
    }
}
