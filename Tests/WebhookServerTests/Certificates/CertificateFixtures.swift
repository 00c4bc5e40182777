import Cryptography
import FoundationEssentials

@testable import WebhookServer

/// A fixed moment, in whole seconds.
let epoch = Date(timeIntervalSince1970: 1_800_000_000)
let day: Duration = .seconds(86_400)

extension CertificatePolicy {
    static func standard() throws -> CertificatePolicy {
        try CertificatePolicy(names: [.dns("etcdrecover-webhook.etcdrecover.svc"), .ip("10.0.0.7")])
    }
}

extension CertificateAuthority {
    /// One of the standard lifetime, made at `time`.
    static func made(_ name: String = "CA", at time: Date = epoch, for lifetime: Duration = day * 365) throws -> Self {
        try .make(commonName: name, at: time, lifetime: lifetime)
    }
}

/// What a Secret may hold, built key by key.
struct SecretFixture {
    var data: [String: [UInt8]] = [:]

    var state: CertificateState { CertificateState(data) }

    func authority(_ authority: CertificateAuthority, trusting others: [CertificateAuthority] = []) throws -> Self {
        var copy = self
        copy.data["ca.crt"] = try SecretChange.pem([authority.certificate] + others.map(\.certificate))
        copy.data["ca.key"] = Array(try authority.key.exposedPEM().utf8)
        return copy
    }

    func leaf(by authority: CertificateAuthority, at time: Date = epoch, names: [SubjectAlternativeName]? = nil) throws
        -> Self
    {
        var copy = self
        let names = try names ?? CertificatePolicy.standard().names
        let issued = try authority.issueServing(commonName: "webhook", names: names, at: time, lifetime: day * 90)
        copy.data["tls.crt"] = Array(try issued.certificate.pem().utf8)
        copy.data["tls.key"] = Array(try issued.key.exposedPEM().utf8)
        return copy
    }

    func next(_ authority: CertificateAuthority) throws -> Self {
        var copy = self
        copy.data["next-ca.crt"] = Array(try authority.certificate.pem().utf8)
        copy.data["next-ca.key"] = Array(try authority.key.exposedPEM().utf8)
        return copy
    }

    func setting(_ key: String, _ value: String?) -> Self {
        var copy = self
        copy.data[key] = value.map { Array($0.utf8) }
        return copy
    }
}

/// Both configurations with one webhook each; nil stands for a configuration that does not exist.
func configurations(_ bundles: [CertificateAuthority]?...) throws -> [WebhookConfiguration] {
    try bundles.enumerated().map { index, bundle in
        WebhookConfiguration(
            name: "configuration \(index)", version: "1", generation: 1,
            webhooks: try bundle.map { authorities in
                [.init(name: "webhook", bundlePEM: try SecretChange.pem(authorities.map(\.certificate)))]
            })
    }
}

/// What a replica has seen that found `bundles` after `start` and looks again `duration` later.
func observed(_ configurations: [WebhookConfiguration], for duration: Duration) -> BundleObservations {
    var observations = BundleObservations()
    observations.record([], at: .zero)
    observations.record(configurations, at: .seconds(1))
    observations.record(configurations, at: .seconds(1) + duration)
    return observations
}
