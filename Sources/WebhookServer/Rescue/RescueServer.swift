package import Cryptography
import FoundationEssentials
package import Logging
import ServiceLifecycle

/// Hands out rescue copies over TLS, to whoever `open` lets have them.
///
/// Whoever asks is told apart by a token and nothing else: a network that nobody watches lies between. Connections, their
/// stages and what is held of a copy on its way are bounded.
package struct RescueServer: Service {
    /// Of a request: its path, and the token that it carries.
    package typealias Open = @Sendable (_ path: String, _ token: String) async -> RescueAnswer

    let address: ListenAddress
    let authority: CertificateAuthority
    let names: [SubjectAlternativeName]
    let logger: Logger
    let onListening: @Sendable (Int) -> Void
    let open: Open

    /// Of the server's own certificates, whose keys are never written anywhere.
    private static let lifetime = Duration.seconds(30 * 86_400)

    /// - Parameters:
    ///   - authority: signs the server's certificates.
    ///   - names: under which the server is called.
    package init(
        address: ListenAddress, authority: CertificateAuthority, names: [SubjectAlternativeName], logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }, open: @escaping Open
    ) {
        self.address = address
        self.authority = authority
        self.names = names
        self.logger = logger
        self.onListening = onListening
        self.open = open
    }

    package func run() async throws {
        let certificates = ServingCertificates()
        try certificates.serve(issue())
        let listener = Listener(
            address: address, limits: .rescue, identity: HandshakeIdentity(certificates), metrics: nil,
            logger: serverLogger,
            onListening: { port in
                logger.notice("serving rescue copies on \(ListenAddress(host: address.host, port: port))")
                onListening(port)
            }, respond: RescueEndpoint(open: open).respond)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { try await renew(certificates) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func renew(_ certificates: ServingCertificates) async throws {
        while true {
            try await Task.sleep(for: Self.lifetime / 3)
            do { try certificates.serve(issue()) } catch {
                logger.error("no new certificate for rescue copies: \(error)")
            }
        }
    }

    private func issue() throws(CryptographyError) -> ServingIdentity {
        let (certificate, key) = try authority.issueServing(
            commonName: "etcdrecover rescue copies", names: names, at: Date(), lifetime: Self.lifetime)
        return try ServingIdentity(
            chainPEM: Array(try certificate.pem().utf8), keyPEM: Array(try key.exposedPEM().utf8))
    }

    /// Connections come and go without a line, unless somebody debugs.
    private var serverLogger: Logger {
        var logger = logger
        if logger.logLevel == .info { logger.logLevel = .notice }
        return logger
    }
}

package enum RescueAnswer: Sendable {
    case copy(ServedFile)
    /// Not to this one, or to nobody, which is not told apart.
    case refused
    case missing
    /// Another time.
    case unavailable(String)
}

/// A file as it goes out.
package struct ServedFile: Sendable {
    /// In bytes.
    package var size: Int64
    /// Names the content: printable ASCII without quotes.
    package var tag: String
    /// So many bytes from an offset on, all of them; throws where that cannot be.
    package var read: @Sendable (_ offset: Int64, _ count: Int) async throws -> [UInt8]

    package init(
        size: Int64, tag: String, read: @escaping @Sendable (_ offset: Int64, _ count: Int) async throws -> [UInt8]
    ) {
        self.size = size
        self.tag = tag
        self.read = read
    }
}

extension ConnectionLimits {
    /// Few come, and stay long; each piece of a copy has to be taken within the time for writing.
    static let rescue = ConnectionLimits(
        opening: .seconds(10), reading: .seconds(5), writing: .seconds(30), idle: .seconds(30), lingering: .seconds(2),
        connections: 64)
}
