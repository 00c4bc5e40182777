package import Cryptography
import FoundationEssentials

/// How long self-managed certificates live, and what they are good for.
package struct CertificatePolicy: Sendable {
    /// One year: long enough that a webhook scaled to zero for a season finds its CA alive, short enough that rotation
    /// is exercised (every eight months) rather than met for the first time in ten years, by nobody who remembers it.
    package static let defaultAuthorityLifetime: Duration = .seconds(365 * 86_400)
    /// Ninety days, renewed after sixty: a month to notice that renewal does not work.
    package static let defaultLeafLifetime: Duration = .seconds(90 * 86_400)
    /// API servers see a changed webhook configuration through a watch, in well under a second when all is well; a
    /// watch that broke is resumed within a minute.
    package static let defaultSettle: Duration = .seconds(60)

    /// All that API servers may call us by. The first one names the certificate.
    package let names: [SubjectAlternativeName]
    package let authorityLifetime: Duration
    package let leafLifetime: Duration
    /// How long a new CA must have been in every webhook configuration before a certificate of its is served.
    package let settle: Duration

    /// Throws when the lifetimes leave no room for a rotation.
    package init(
        names: [SubjectAlternativeName],
        authorityLifetime: Duration = defaultAuthorityLifetime,
        leafLifetime: Duration = defaultLeafLifetime,
        settle: Duration = defaultSettle
    ) throws(CryptographyError) {
        guard !names.isEmpty else { throw .unusable("certificate policy", reason: "needs a name to certify") }
        guard leafLifetime >= .seconds(10) else {
            throw .unusable("serving certificate lifetime", reason: "must be at least 10 s, not \(leafLifetime)")
        }
        guard authorityLifetime >= leafLifetime else {
            throw .unusable(
                "CA lifetime",
                reason: "must not be below that of serving certificates (\(leafLifetime)), not \(authorityLifetime)")
        }
        guard settle >= .zero, settle * 6 <= authorityLifetime else {
            throw .unusable(
                "settle time",
                reason: "must be 0 s to a sixth of the CA lifetime (\(authorityLifetime / 6)), not \(settle)")
        }
        self.names = names
        self.authorityLifetime = authorityLifetime
        self.leafLifetime = leafLifetime
        self.settle = settle
    }

    /// How often to look: every 10 seconds, more often where lifetimes are short, so that the last third of the
    /// shortest life holds at least ten looks.
    package var interval: Duration {
        min(.seconds(10), leafLifetime / 30)
    }

    /// Certificates are renewed here: two thirds of the way from their making to their end.
    static func renewalTime(of certificate: Certificate) -> Date {
        let made = certificate.notBefore + CertificateAuthority.backdating
        let start = made < certificate.notAfter ? made : certificate.notBefore
        return start.addingTimeInterval(certificate.notAfter.timeIntervalSince(start) * 2 / 3)
    }
}
