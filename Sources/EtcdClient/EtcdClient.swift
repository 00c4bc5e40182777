package import HTTP

/// A client of one etcd cluster over its gRPC API, for releases 3.4 to 3.7.
///
/// Calls go to the endpoints in turn, starting with the one that answered last, until one answers; each endpoint has
/// `deadline` for it. A call that changes something is not tried elsewhere when it may have been carried out. Throws
/// `EtcdError`, `NoEndpointAnswered` when several were tried, and `CancellationError`.
package struct EtcdClient: Sendable {
    package struct Configuration: Sendable {
        package var endpoints: [EtcdEndpoint]
        package var tls: TLSOptions
        package var login: Login?
        /// Of an earlier client with this login. Where it is not good any more, the login gives out another.
        package var token: SecretBytes?
        /// For `https` endpoints; plain ones are always reached directly.
        package var proxy: ProxyPolicy
        /// For each attempt of a call, the connection included. Streams have limits of their own.
        package var deadline: Duration
        /// Bytes of one message of an answer.
        package var messageLimit: Int

        package init(
            endpoints: [EtcdEndpoint], tls: TLSOptions = TLSOptions(), login: Login? = nil,
            token: SecretBytes? = nil, proxy: ProxyPolicy = .environment, deadline: Duration = .seconds(5),
            messageLimit: Int = 64 << 20
        ) {
            self.endpoints = endpoints
            self.tls = tls
            self.login = login
            self.token = token
            self.proxy = proxy
            self.deadline = deadline
            self.messageLimit = messageLimit
        }
    }

    /// A user of etcd's own authentication.
    package struct Login: Sendable {
        package var user: String
        package var password: SecretBytes

        package init(user: String, password: SecretBytes) {
            self.user = user
            self.password = password
        }
    }

    let session: Session
    /// Those that calls are tried at, in the order they were given.
    package private(set) var endpoints: [EtcdEndpoint]
    package private(set) var deadline: Duration

    /// Connects to nothing yet.
    package init(_ configuration: Configuration) throws {
        session = try Session(configuration)
        endpoints = configuration.endpoints
        deadline = configuration.deadline
    }

    /// What the login was last given; nil before the first call that takes one, and where authentication is off.
    package var token: SecretBytes? { session.token }

    /// The same client for one endpoint alone, which may be one that was not configured.
    package func at(_ endpoint: EtcdEndpoint) -> EtcdClient {
        var client = self
        client.endpoints = [endpoint]
        return client
    }

    /// The same client with other endpoints, such as those that the member list names.
    package func at(_ endpoints: [EtcdEndpoint]) -> EtcdClient {
        var client = self
        client.endpoints = endpoints
        return client
    }

    /// The same client with another limit on each attempt of a call.
    package func within(_ deadline: Duration) -> EtcdClient {
        var client = self
        client.deadline = deadline
        return client
    }

    /// Ends the client with all that were made of it; what is under way fails.
    package func shutdown() async {
        await session.http.shutdown()
    }
}
