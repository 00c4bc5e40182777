import Cryptography
import FoundationEssentials

extension SecretChange {
    /// What a step writes into the Secret; nil for steps that write elsewhere or nowhere. Makes keys.
    static func carryingOut(
        _ step: CertificateStep, on state: CertificateState, now: Date, policy: CertificatePolicy
    ) throws(CryptographyError) -> SecretChange? {
        var change = SecretChange()
        switch step {
        case .nothing, .hold, .publish:
            return nil
        case .create:
            let authority = try newAuthority(now, policy)
            try change.setAuthority(authority, trusting: [authority.certificate])
            try change.setLeaf(by: authority, now: now, policy: policy)
            change.removeNext()
        case .issueLeaf:
            guard let authority = state.authority else { return nil }
            try change.setLeaf(by: authority, now: now, policy: policy)
        case .stage(_, let kept):
            let next = try newAuthority(now, policy)
            change.set[SecretKey.authorities] = try pem(kept)
            change.set[SecretKey.nextAuthority] = try pem([next.certificate])
            change.set[SecretKey.nextAuthorityKey] = Array(try next.key.exposedPEM().utf8)
        case .switchToNext:
            guard let next = state.next else { return nil }
            try change.setAuthority(next, trusting: ([next.certificate] + state.trusted).distinct)
            try change.setLeaf(by: next, now: now, policy: policy)
            change.removeNext()
        case .forget(let outdated):
            change.set[SecretKey.authorities] = try pem(state.trusted.filter { !outdated.contains($0) })
            if let next = state.next, outdated.contains(next.certificate) { change.removeNext() }
        }
        return change
    }

    static func pem(_ certificates: [Certificate]) throws(CryptographyError) -> [UInt8] {
        var text: [UInt8] = []
        for certificate in certificates { text += try certificate.pem().utf8 }
        return text
    }

    private static func newAuthority(
        _ now: Date, _ policy: CertificatePolicy
    ) throws(CryptographyError) -> CertificateAuthority {
        try .make(
            commonName: "etcdrecover-webhook-ca \(now.formatted(.iso8601))", at: now,
            lifetime: policy.authorityLifetime)
    }

    private mutating func setAuthority(
        _ authority: CertificateAuthority, trusting trusted: [Certificate]
    ) throws(CryptographyError) {
        set[SecretKey.authorities] = try Self.pem(trusted)
        set[SecretKey.authorityKey] = Array(try authority.key.exposedPEM().utf8)
    }

    private mutating func setLeaf(
        by authority: CertificateAuthority, now: Date, policy: CertificatePolicy
    ) throws(CryptographyError) {
        let issued = try authority.issueServing(
            commonName: "etcdrecover-webhook", names: policy.names, at: now, lifetime: policy.leafLifetime)
        set[SecretKey.leaf] = try Self.pem([issued.certificate])
        set[SecretKey.leafKey] = Array(try issued.key.exposedPEM().utf8)
    }

    private mutating func removeNext() {
        remove.formUnion([SecretKey.nextAuthority, SecretKey.nextAuthorityKey])
    }
}
