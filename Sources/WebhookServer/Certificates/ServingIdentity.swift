package import Cryptography

/// A certificate chain with its private key, ready to serve TLS.
package struct ServingIdentity: Sendable, Equatable {
    /// The server's own certificate first, then intermediates.
    package let chain: [Certificate]
    package let key: PrivateKey

    package var leaf: Certificate { chain[0] }

    /// Throws what an operator can act on when the two are not a pair.
    package init(chainPEM: [UInt8], keyPEM: [UInt8]) throws(CryptographyError) {
        let chain = try Certificate.bundle(pem: chainPEM)
        let key = try PrivateKey(pem: keyPEM)
        guard let leaf = chain.first else {
            throw .unusable("serving certificate", reason: "is missing: no CERTIFICATE block found")
        }
        guard leaf.matches(key) else {
            if let place = chain.firstIndex(where: { $0.matches(key) }) {
                throw .unusable(
                    "serving certificate",
                    reason: "must come first in its chain, and the one of this key is number \(place + 1)")
            }
            throw .unusable("serving certificate", reason: "(\(leaf.subject)) does not belong to the private key")
        }
        self.chain = chain
        self.key = key
    }
}
