import Cryptography
import FoundationEssentials
import NIOCore
import NIOSSL
import Synchronization

/// The serving identity as NIOSSL takes it, converted once for each that is served rather than at each handshake.
final class HandshakeIdentity: Sendable {
    private let certificates: ServingCertificates
    private let metrics: WebhookMetrics?
    private let clientAuthorities: ClientAuthorities?
    private let converted = Mutex<Converted?>(nil)

    private struct Converted {
        var generation: UInt64
        var identity: NIOSSLContextConfigurationOverride
    }

    enum Failure: Error { case noCertificateYet }

    /// With `clientAuthorities`, whoever presents no certificate of theirs is not spoken to.
    init(
        _ certificates: ServingCertificates, metrics: WebhookMetrics? = nil, clientAuthorities: ClientAuthorities? = nil
    ) {
        self.certificates = certificates
        self.metrics = metrics
        self.clientAuthorities = clientAuthorities
    }

    /// What a handshake that begins now is served with.
    func current() throws -> NIOSSLContextConfigurationOverride {
        guard let served = certificates.current else { throw Failure.noCertificateYet }
        return try converted.withLock { converted in
            if let converted, converted.generation == served.generation { return converted.identity }
            let identity = try NIOSSLContextConfigurationOverride(served.identity)
            converted = Converted(generation: served.generation, identity: identity)
            metrics?.serving(
                certificateGeneration: Int(served.generation),
                expiry: served.identity.leaf.notAfter.timeIntervalSince1970)
            return identity
        }
    }

    /// TLS 1.2 and 1.3; below 1.3 only forward-secret AEAD suites. Every handshake asks for the certificate anew.
    func tlsConfiguration() -> TLSConfiguration {
        // The one made for clients starts without a certificate, which here comes with each handshake.
        var configuration = TLSConfiguration.makeClientConfiguration()
        // API servers present a certificate only when told to.
        configuration.certificateVerification = clientAuthorities == nil ? .none : .noHostnameVerification
        configuration.trustRoots = .certificates(clientAuthorities?.certificates ?? [])
        configuration.sendCANameList = clientAuthorities != nil
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_AES_128_GCM_SHA256, .TLS_AES_256_GCM_SHA384, .TLS_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        // How long to wait for a peer to say goodbye in turn; it holds up shutting down.
        configuration.shutdownTimeout = .seconds(1)
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { _, promise in
            promise.completeWith(Result { try self.current() })
        }
        return configuration
    }
}

extension NIOSSLContextConfigurationOverride {
    fileprivate init(_ identity: ServingIdentity) throws {
        self.init()
        certificateChain = try identity.chain.map {
            .certificate(try NIOSSLCertificate(bytes: Array(try $0.pem().utf8), format: .pem))
        }
        privateKey = .privateKey(
            try NIOSSLPrivateKey(bytes: Array(try identity.key.exposedPEM().utf8), format: .pem))
    }
}
