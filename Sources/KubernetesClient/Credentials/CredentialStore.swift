import FoundationEssentials
import HTTP

/// The credentials of the moment: files read anew each minute, plugins run once for all who wait and again on expiry.
actor CredentialStore {
    /// Kubelets rotate tokens at 80 % of an hour; a minute late is early enough.
    static let fileLifetime = Duration.seconds(60)

    private struct Cached {
        var credentials: Credentials
        var expiry: Expiry
    }

    private enum Expiry {
        case never
        case instant(ContinuousClock.Instant)
        /// By wall clock, as plugins say it.
        case date(Date)
    }

    private let source: CredentialSource
    private let now: @Sendable () -> Date
    private let flight = SingleFlight<Void>()
    private var cached: Cached?

    init(_ source: CredentialSource, now: @escaping @Sendable () -> Date = { Date() }) {
        self.source = source
        self.now = now
    }

    /// Throws `CredentialError` when there are none to be had.
    func current() async throws -> Credentials {
        while true {
            if let cached, !hasExpired(cached.expiry) { return cached.credentials }
            try await flight.value { try await self.load() }
            // What was loaded serves those who waited for it, even if it expires this moment.
            if let cached { return cached.credentials }
        }
    }

    /// Credentials other than those the server refused; nil when there can be none.
    func renewed(instead refused: Credentials) async throws -> Credentials? {
        guard source.canChange else { return nil }
        // Someone else may have renewed them already.
        if cached?.credentials == refused { cached = nil }
        let renewed = try await current()
        return renewed == refused ? nil : renewed
    }

    private func hasExpired(_ expiry: Expiry) -> Bool {
        switch expiry {
        case .never: false
        case .instant(let instant): ContinuousClock.now >= instant
        case .date(let date): now() >= date
        }
    }

    private func load() async throws {
        var credentials = Credentials()
        var expiry = Expiry.never
        if source.readsFiles { expiry = .instant(.now + Self.fileLifetime) }
        if let certificate = source.certificate {
            credentials.certificate = try certificate.load()
        }
        switch source.token {
        case .value(let token):
            credentials.authorization = .bearer(token)
        case .file(let path, let fallback):
            credentials.authorization = .bearer(try Self.token(in: path, fallback: fallback ?? lastToken))
        case nil:
            if let basic = source.basic {
                credentials.authorization = .basic(user: basic.user, password: basic.password)
            } else if let plugin = source.exec {
                let result = try await plugin.run(now: now())
                credentials.authorization = result.token.map { .bearer($0) } ?? credentials.authorization
                credentials.certificate = result.certificate ?? credentials.certificate
                if let date = result.expiration { expiry = .date(date) }
            }
        }
        cached = Cached(credentials: credentials, expiry: expiry)
    }

    /// While a token file is being replaced it may be missing or empty for a moment.
    private var lastToken: SecretBytes? {
        if case .bearer(let token) = cached?.credentials.authorization { token } else { nil }
    }

    private static func token(in path: String, fallback: SecretBytes?) throws(CredentialError) -> SecretBytes {
        let reason: String
        do {
            let token = try trimmed(readFile(path))
            if !token.isEmpty { return SecretBytes(token) }
            reason = "the file is empty"
        } catch {
            reason = error.reason
        }
        guard let fallback else { throw .cannotRead(file: path, purpose: "token", reason: reason) }
        return fallback
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }
}

extension CredentialSource {
    fileprivate var readsFiles: Bool {
        if case .file = token { return true }
        if case .file = certificate?.certificate { return true }
        if case .file = certificate?.key { return true }
        return false
    }

    /// Whether asking again can give something else.
    fileprivate var canChange: Bool { readsFiles || (exec != nil && token == nil && basic == nil) }
}

extension CertificateSource {
    func load() throws(CredentialError) -> ClientCertificate {
        ClientCertificate(
            chain: try certificate.load(purpose: "client-certificate").withUnsafeBytes { [UInt8]($0) },
            key: try key.load(purpose: "client-key"))
    }
}

extension CertificateSource.Part {
    fileprivate func load(purpose: String) throws(CredentialError) -> SecretBytes {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            do {
                return SecretBytes(try readFile(path))
            } catch {
                throw .cannotRead(file: path, purpose: purpose, reason: error.reason)
            }
        }
    }
}
