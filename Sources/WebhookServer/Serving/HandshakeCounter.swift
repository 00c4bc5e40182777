import NIOCore
import NIOSSL
import NIOTLS

/// Counts how TLS handshakes end.
final class HandshakeCounter: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Never

    private let metrics: WebhookMetrics

    init(metrics: WebhookMetrics) {
        self.metrics = metrics
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { metrics.handshake(completed: true) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error { metrics.handshake(completed: false) }
        context.fireErrorCaught(error)
    }
}
