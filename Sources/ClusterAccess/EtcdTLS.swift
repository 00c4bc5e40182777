import EtcdRecoverModel
import FoundationEssentials
package import HTTP

/// What TLS with etcd needs: PEM texts, from files or Secrets.
package struct EtcdTLS: Sendable {
    package var authorities: [UInt8]?
    package var chain: [UInt8]?
    package var key: SecretBytes?
    package var verifiesPeer = true

    package init() {}

    package var isComplete: Bool { authorities != nil && chain != nil && key != nil }
    package var isEmpty: Bool { authorities == nil && chain == nil && key == nil && verifiesPeer }

    package var options: TLSOptions {
        TLSOptions(
            certificateAuthorities: authorities,
            clientCertificate: chain.flatMap { chain in key.map { ClientCertificate(chain: chain, key: $0) } },
            verifiesPeer: verifiesPeer)
    }
}

extension EtcdTLS {
    /// From a Secret as cert-manager writes it; what is there already stays.
    mutating func fill(from secret: Secret) throws(LocationFailure) {
        if chain == nil {
            guard let certificate = secret["tls.crt"], let privateKey = secret["tls.key"] else {
                throw .incompleteSecret(
                    secret.metadata.name ?? "", lacks: "tls.crt and tls.key", found: secret.keyList)
            }
            chain = Array(certificate)
            key = SecretBytes(privateKey)
        }
        if authorities == nil { authorities = secret["ca.crt"].map { Array($0) } }
    }
}

extension Secret {
    /// Whether its certificate is its own authority.
    var trustsItselfAlone: Bool {
        guard let certificate = self["tls.crt"], let authority = self["ca.crt"] else { return false }
        func text(_ pem: Data) -> [UInt8] { pem.filter { !($0 == 0x20 || (0x09...0x0D).contains($0)) } }
        return text(certificate) == text(authority)
    }

    var keyList: String { keys.isEmpty ? "no keys" : keys.sorted().joined(separator: ", ") }
}
