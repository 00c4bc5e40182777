package import FoundationEssentials

/// Credentials or a token that has an end.
package protocol Expiring: Equatable, Sendable {
    var expiration: Date? { get }
}

extension AWSCredentials: Expiring {}

/// The credentials of the moment: fetched once for all who wait, again some minutes before they end, and when the store
/// refuses them.
package actor CredentialCache<Credentials: Expiring> {
    /// Before the end: a request signed now must still be good when it arrives.
    private static var margin: TimeInterval { 300 }
    /// What has no end is looked at again after this long: files and Secrets are replaced without notice.
    private static var lifetime: TimeInterval { 60 }

    private let now: @Sendable () -> Date
    private let fetch: @Sendable () async throws -> Credentials
    private var cached: (credentials: Credentials, fetched: Date)?
    private var flight: Task<Credentials, any Error>?

    package init(
        now: @escaping @Sendable () -> Date = { Date() }, fetch: @escaping @Sendable () async throws -> Credentials
    ) {
        self.now = now
        self.fetch = fetch
    }

    /// Throws what fetching throws, unless what is at hand can still serve.
    package func current() async throws -> Credentials {
        guard let cached else { return try await fetched() }
        let now = now()
        guard let end = cached.credentials.expiration else {
            guard now.timeIntervalSince(cached.fetched) >= Self.lifetime else { return cached.credentials }
            return try await fetched()
        }
        guard now.addingTimeInterval(Self.margin) >= end else { return cached.credentials }
        // Those that live shorter than the margin are not fetched for every request.
        guard now.timeIntervalSince(cached.fetched) >= 10 || now >= end else { return cached.credentials }
        do {
            return try await fetched()
        } catch  where now < end && !(error is CancellationError) {
            return cached.credentials
        }
    }

    /// Others than those that the store refused; `nil` when there are none.
    package func renewed(insteadOf refused: Credentials) async throws -> Credentials? {
        // Someone else may have renewed them already.
        if let cached, cached.credentials != refused { return cached.credentials }
        let renewed = try await fetched()
        return renewed == refused ? nil : renewed
    }

    private func fetched() async throws -> Credentials {
        if let flight { return try await flight.value }
        // Awaited by all who need it; it ends by its own deadlines, whoever of them is cancelled.
        let task = Task { try await fetch() }
        flight = task
        defer { flight = nil }
        let credentials = try await task.value
        cached = (credentials, now())
        return credentials
    }
}
