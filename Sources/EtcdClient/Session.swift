import HTTP
import Synchronization

/// What all clients made of one share: connections, who they log in as, and the token they got for it.
final class Session: Sendable {
    let http: HTTPClient
    let login: EtcdClient.Login?
    let hasClientCertificate: Bool
    let messageLimit: Int
    private let state = Mutex(State())

    private struct State {
        var token: SecretBytes?
        var isAuthenticationOff = false
        var lastToAnswer: EtcdEndpoint?
    }

    init(_ configuration: EtcdClient.Configuration) throws {
        // A proxy would have to tunnel what is not HTTP/1.1.
        let proxy = configuration.endpoints.allSatisfy(\.isSecure) ? configuration.proxy : .none
        http = try HTTPClient(
            HTTPClient.Configuration(tls: configuration.tls, proxy: proxy, version: .http2))
        login = configuration.login
        hasClientCertificate = configuration.tls.clientCertificate != nil
        messageLimit = configuration.messageLimit
        token = configuration.token
    }

    var token: SecretBytes? {
        get { state.withLock(\.token) }
        set { state.withLock { $0.token = newValue } }
    }

    /// The server said that it knows no users: there is no token to be had.
    var isAuthenticationOff: Bool {
        get { state.withLock(\.isAuthenticationOff) }
        set { state.withLock { $0.isAuthenticationOff = newValue } }
    }

    func answered(_ endpoint: EtcdEndpoint) {
        state.withLock { $0.lastToAnswer = endpoint }
    }

    /// The endpoints with the one that answered last in front.
    func inOrder(_ endpoints: [EtcdEndpoint]) -> [EtcdEndpoint] {
        guard let last = state.withLock(\.lastToAnswer), let index = endpoints.firstIndex(of: last) else {
            return endpoints
        }
        return Array(endpoints[index...] + endpoints[..<index])
    }
}
