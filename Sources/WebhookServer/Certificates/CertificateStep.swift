import Cryptography
import FoundationEssentials

/// The next thing to do for self-managed certificates. One at a time: each is followed by a new look.
enum CertificateStep: Equatable {
    case nothing
    /// Nothing to do but wait, for the reason given.
    case hold(String)
    /// A first CA and a first serving certificate, where there is nothing to protect.
    case create(String)
    /// Set every bundle to these.
    case publish([Certificate])
    /// A new serving certificate, by the current CA.
    case issueLeaf(String)
    /// A next CA, published beside these but signing nothing yet.
    case stage(String, beside: [Certificate])
    /// Let the next CA sign: the serving certificate and from now on.
    case switchToNext
    /// Take these, which have expired, out of the Secret, and the next CA with them where it is of no use.
    case forget([Certificate])
}

extension CertificateStep {
    /// Decides. No clock, no network: every input is an argument.
    ///
    /// Three rules keep every admission call verifiable. A CA signs only once it has been in every bundle for the settle
    /// time. A CA leaves a bundle only when it has expired, whoever published it: another replica may be serving with it.
    /// And while there is anything that could be trusted, nothing starts afresh: the new is staged beside it.
    static func next(
        state: CertificateState, published: [WebhookConfiguration], observed: BundleObservations, now: Date,
        policy: CertificatePolicy
    ) -> CertificateStep {
        let bundles = published.bundles
        let authority = state.authority.flatMap { $0.certificate.isInForce(at: now) ? $0 : nil }
        let next = state.next.flatMap { $0.certificate.isInForce(at: now) ? $0 : nil }
        let trustedElsewhere = bundles.joined().filter { $0.isAuthority && $0.isInForce(at: now) }

        if let reason = reasonToRotate(state, now: now), next == nil {
            // What has expired is kept too: it may be our clock that is wrong, and not for long.
            let kept = (state.trusted + trustedElsewhere).distinct
            return kept.isEmpty ? .create(reason) : .stage(reason, beside: kept)
        }

        let bundle = (state.authorities + trustedElsewhere).distinct
        if bundles.contains(where: { Set($0) != Set(bundle) || $0.count != bundle.count }) { return .publish(bundle) }

        if let next, authority == nil || published.missing.isEmpty,
            let inPlace = observed.duration(of: next.certificate), inPlace >= policy.settle
        {
            return .switchToNext
        }
        if let authority, let reason = reasonToIssue(state.leaf, authority, now: now, policy: policy) {
            return .issueLeaf(reason)
        }
        if let next {
            let missing = published.missing
            return .hold(
                missing.isEmpty || authority == nil
                    ? "\(next.certificate.subject) is published; it signs after \(policy.settle)"
                    : "\(next.certificate.subject) cannot sign yet: \(missing.joined(separator: ", ")) is missing")
        }
        let outdated = state.authorities.filter { candidate in
            let isNext = candidate == state.next?.certificate
            return isNext || (candidate.notAfter <= now && candidate != state.authority?.certificate)
        }
        return outdated.isEmpty ? .nothing : .forget(outdated)
    }

    /// Why the current CA needs a successor; nil when it does not.
    private static func reasonToRotate(_ state: CertificateState, now: Date) -> String? {
        guard let certificate = state.authority?.certificate else {
            return state.problems.isEmpty
                ? "the Secret holds no CA" : "the Secret holds no usable CA: \(state.problems.joined(separator: "; "))"
        }
        if certificate.notAfter <= now { return "\(certificate.subject) has expired" }
        if certificate.notBefore > now { return "\(certificate.subject) is not valid yet, by this machine's clock" }
        if CertificatePolicy.renewalTime(of: certificate) <= now {
            return "two thirds of the life of \(certificate.subject) are over"
        }
        return nil
    }

    /// Why the serving certificate needs replacing; nil when it does not.
    private static func reasonToIssue(
        _ identity: ServingIdentity?, _ authority: CertificateAuthority, now: Date, policy: CertificatePolicy
    ) -> String? {
        guard let identity else { return "there is no usable serving certificate" }
        do {
            try Certificate.verify(chain: identity.chain, trusting: [authority.certificate], at: now, for: nil)
        } catch {
            return "\(error)"
        }
        let lacking = policy.names.filter { !identity.leaf.names.contains($0) }
        guard lacking.isEmpty else {
            return "the serving certificate lacks \(lacking.map(\.description).joined(separator: ", "))"
        }
        // At the end of the CA's life a new one would end no later, and would be due again at once.
        let end = min(now + policy.leafLifetime, authority.certificate.notAfter)
        let isDue = CertificatePolicy.renewalTime(of: identity.leaf) <= now
        return isDue && end.timeIntervalSince(identity.leaf.notAfter) >= 1
            ? "two thirds of the life of the serving certificate are over" : nil
    }
}

extension [Certificate] {
    /// Each once, in the order of first appearance.
    var distinct: [Certificate] {
        var seen: Set<Certificate> = []
        return filter { seen.insert($0).inserted }
    }
}
