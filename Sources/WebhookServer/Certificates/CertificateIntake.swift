import Cryptography
import FoundationEssentials
import Logging

/// Judges the pairs that somebody else renews, as they are read again and again, and serves the good ones.
///
/// A pair that cannot be used is logged once, and what is served stays. One that is out of date is served only when
/// nothing else is: its clients then say what is wrong, which silence would not.
struct CertificateIntake: Sendable {
    /// Where the pairs come from, for messages.
    let source: String
    let serving: ServingCertificates
    let logger: Logger
    private var latest: (chain: [UInt8], key: Digest)?
    private var warned: Urgency = .none

    /// How close the served certificate is to its end.
    private enum Urgency: Comparable {
        case none, lastSixth, expired
    }

    init(source: String, serving: ServingCertificates, logger: Logger) {
        self.source = source
        self.serving = serving
        self.logger = logger
    }

    mutating func offer(chainPEM: [UInt8], keyPEM: [UInt8], now: Date) {
        defer { watchExpiry(now) }
        do {
            let keyDigest = try Digest.sha256(keyPEM)
            if let latest, latest.chain == chainPEM, latest.key == keyDigest { return }
            latest = (chainPEM, keyDigest)
            let identity = try ServingIdentity(chainPEM: chainPEM, keyPEM: keyPEM)
            try accept(identity, now)
        } catch {
            let consequence = serving.current == nil ? "nothing is served" : "the former one is served on"
            logger.error("certificate in \(source) cannot be used, \(consequence): \(error)")
        }
    }

    private func accept(_ identity: ServingIdentity, _ now: Date) throws(CryptographyError) {
        let current = serving.current?.identity
        guard identity != current else { return }
        if !identity.leaf.isInForce(at: now) {
            let time = identity.leaf.notAfter <= now ? identity.leaf.notAfter : identity.leaf.notBefore
            let reason =
                "\(identity.leaf.notAfter <= now ? "expired at" : "is valid only from") \(time.formatted(.iso8601))"
            guard current == nil else { throw .unusable(identity.leaf.subject, reason: reason) }
            logger.error("certificate in \(source) \(reason); serving it, there is no other")
        }
        serving.serve(identity)
        logger.notice(
            "serving a new certificate",
            metadata: [
                "source": "\(source)", "fingerprint": "\(identity.leaf.fingerprint)",
                "notAfter": "\(identity.leaf.notAfter.formatted(.iso8601))",
            ])
    }

    private mutating func watchExpiry(_ now: Date) {
        guard let leaf = serving.current?.identity.leaf else { return }
        let left = leaf.notAfter.timeIntervalSince(now)
        let urgency: Urgency =
            left <= 0 ? .expired : left * 6 < leaf.notAfter.timeIntervalSince(leaf.notBefore) ? .lastSixth : .none
        defer { warned = urgency }
        guard urgency > warned else { return }
        let end = leaf.notAfter.formatted(.iso8601)
        switch urgency {
        case .none: break
        case .lastSixth: logger.warning("certificate in \(source) expires at \(end) and has not been renewed")
        case .expired: logger.error("certificate in \(source) expired at \(end); API servers refuse it")
        }
    }
}
