import EtcdRecoverModel
import HTTP
import HTTPTypes
import Synchronization

/// A client of one API server under one identity.
///
/// Every call has a deadline that covers its retries: reads are repeated when the connection is lost, any call when the
/// server answers 429 or 503 with Retry-After, and once with new credentials after a 401. Answers are read up to `Limits`.
package final class KubernetesClient: Sendable {
    package let configuration: ClientConfiguration
    let credentials: CredentialStore
    let onWarning: (@Sendable (String) -> Void)?
    let pacer: RequestPacer?
    private let connections = Mutex<Connections?>(nil)

    private struct Connections: Sendable {
        var certificate: ClientCertificate?
        var client: HTTPClient

        func presents(_ other: ClientCertificate?) -> Bool {
            certificate?.chain == other?.chain && certificate?.key == other?.key
        }
    }

    /// `onWarning` is told what the server warns of, in the order of the answers.
    package init(_ configuration: ClientConfiguration, onWarning: (@Sendable (String) -> Void)? = nil) throws {
        self.configuration = configuration
        self.onWarning = onWarning
        credentials = CredentialStore(configuration.credentials)
        pacer = configuration.rate.map(RequestPacer.init)
    }

    /// Closes all connections. Calls under way fail.
    package func shutdown() async {
        await connections.withLock { $0.take() }?.client.shutdown()
    }

    /// The pool that presents this certificate. Another certificate needs new connections: the old pool goes when the
    /// last call that uses it ends.
    func http(presenting certificate: ClientCertificate?) throws -> HTTPClient {
        try connections.withLock { connections in
            if let open = connections, open.presents(certificate) { return open.client }
            let client = try HTTPClient(Self.http(configuration, certificate: certificate))
            connections = Connections(certificate: certificate, client: client)
            return client
        }
    }

    private static func http(
        _ configuration: ClientConfiguration, certificate: ClientCertificate?
    ) -> HTTPClient.Configuration {
        var tls = configuration.tls
        tls.clientCertificate = certificate
        return HTTPClient.Configuration(tls: tls, proxy: configuration.proxy, userAgent: configuration.userAgent)
    }

    /// What the kind's namespaced calls mean by `namespace`; nil for cluster-scoped kinds.
    func namespace<R: KubernetesResource>(_ namespace: String?, for type: R.Type) -> String? {
        R.isNamespaced ? namespace ?? configuration.namespace : nil
    }
}
