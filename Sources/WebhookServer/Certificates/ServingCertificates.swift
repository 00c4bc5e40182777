import Synchronization

/// What the TLS listener serves: asked at each handshake, replaced by whichever source of certificates runs.
///
/// Connections that are open keep what they were opened with.
package final class ServingCertificates: Sendable {
    /// One identity, and how many were served before it, for caching what is derived from it.
    package struct Served: Sendable {
        package let identity: ServingIdentity
        /// 1 for the first, one more for each that follows.
        package let generation: UInt64
    }

    private let served = Mutex<Served?>(nil)

    package init() {}

    /// Nil until the first identity arrives: the server is not ready before.
    package var current: Served? {
        served.withLock { $0 }
    }

    package func serve(_ identity: ServingIdentity) {
        served.withLock { $0 = Served(identity: identity, generation: ($0?.generation ?? 0) + 1) }
    }
}
