package import HTTP

/// One API server, how to trust it, and who we are to it. Complete: nothing is left to look up but rotating files.
package struct ClientConfiguration: Sendable {
    /// Absolute, without a trailing slash; may have a path, as behind Rancher.
    package var server: String
    /// Of the server: authorities, name, verification. The client's certificate is in `credentials`.
    package var tls: TLSOptions
    package var credentials: CredentialSource
    package var impersonation: Impersonation?
    /// Where namespaced calls go when the caller names no namespace.
    package var namespace: String
    package var proxy: ProxyPolicy
    /// Of one call with all its retries; nil takes `Limits.requestTimeout`.
    package var requestTimeout: Duration?
    /// Nil: requests never wait for each other. Watches do not count.
    package var rate: RequestRate?
    package var userAgent: String
    package var origin: Origin

    /// Where the configuration came from, for messages.
    package enum Origin: Equatable, Sendable {
        /// `context` is nil when flags alone name the cluster.
        case kubeconfig(files: [String], context: String?)
        case inCluster
        case flags
    }

    package init(
        server: String, tls: TLSOptions = TLSOptions(), credentials: CredentialSource = CredentialSource(),
        impersonation: Impersonation? = nil, namespace: String = "default", proxy: ProxyPolicy = .environment,
        requestTimeout: Duration? = nil, userAgent: String = "etcdrecover", origin: Origin = .flags
    ) {
        self.server = server
        self.tls = tls
        self.credentials = credentials
        self.impersonation = impersonation
        self.namespace = namespace
        self.proxy = proxy
        self.requestTimeout = requestTimeout
        self.userAgent = userAgent
        self.origin = origin
    }
}

/// Whom to act as; the API server checks that we may.
package struct Impersonation: Equatable, Sendable {
    package var user: String
    package var uid: String?
    package var groups: [String]
    package var extra: [String: [String]]

    package init(user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}
