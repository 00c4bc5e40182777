import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// An address to listen on; port 0 takes any that is free.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `0.0.0.0:10250`, `[::]:10250`, `:10250` for all addresses. Nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: Int(port))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// One listening socket, from `run()` until graceful shutdown has let its requests finish.
struct Listener: Service {
    typealias Respond = @Sendable (Request, consuming ResponseWriter) async throws -> Void

    let address: ListenAddress
    let limits: ConnectionLimits
    let identity: HandshakeIdentity?
    /// Of handshakes; nil without TLS.
    let metrics: WebhookMetrics?
    let logger: Logger
    let onListening: @Sendable (Int) -> Void
    let respond: Respond

    func run() async throws {
        let roster = ConnectionRoster(limit: limits.connections)
        let server = try HTTPServerBuilder { responder in
            let http = HTTP1Channel(responder: responder, configuration: configuration)
            guard let identity else { return BoundedChannel(base: http, limits: limits, roster: roster) }
            return BoundedChannel(
                base: try TLSChannel(http, tlsConfiguration: identity.tlsConfiguration()), limits: limits,
                roster: roster)
        }.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, _ in try await respond(request, writer) },
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? address.port) })
        try await server.run()
    }

    private var configuration: HTTP1Channel.Configuration {
        let metrics = identity == nil ? nil : metrics
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: metrics.map { [HandshakeCounter(metrics: $0)] } ?? [],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
    }
}
