import Cryptography
import FoundationEssentials

extension ServingIdentity {
    /// Whether API servers can verify this identity with every one of `bundles`.
    func isVerifiable(with bundles: [[Certificate]], at now: Date) -> Bool {
        bundles.allSatisfy { bundle in
            do {
                try Certificate.verify(chain: chain, trusting: bundle, at: now, for: nil)
                return true
            } catch {
                return false
            }
        }
    }

    /// Whether to serve this identity, read from the Secret, in place of `current`. Pure.
    ///
    /// Never when some bundle cannot verify it. With a CA that API servers may not have heard of, only when it has
    /// settled, or when there is nothing to lose: what is served now does not verify either.
    func shouldReplace(
        _ current: ServingIdentity?, bundles: [[Certificate]], observed: BundleObservations, settle: Duration,
        now: Date
    ) -> Bool {
        guard self != current, isVerifiable(with: bundles, at: now) else { return false }
        let signers = Set(bundles.joined()).filter { isVerifiable(with: [[$0]], at: now) }
        let hasSettled = signers.contains { observed.duration(of: $0).map { $0 >= settle } ?? false }
        if let current {
            return hasSettled || !current.isVerifiable(with: bundles, at: now)
                || signers.contains { current.isVerifiable(with: [[$0]], at: now) }
        }
        // A replica that starts. If its CA was in place before, others have been serving with it. If no other CA is
        // in force, there is nobody that its arrival could disturb.
        let isAlone = bundles.joined().allSatisfy { signers.contains($0) || !$0.isInForce(at: now) }
        return hasSettled || isAlone || !signers.isDisjoint(with: observed.initial ?? [])
    }
}
