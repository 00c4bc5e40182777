/// What a TLS connection is checked against and what it presents. TLS 1.2 is the oldest version accepted.
package struct TLSOptions: Sendable {
    /// PEM, one or more certificates. When given only these are trusted, else the system's store.
    package var certificateAuthorities: [UInt8]?
    package var clientCertificate: ClientCertificate?
    /// The name in SNI and in the check of the server's certificate, where it differs from the URL's host. At an IP
    /// address no SNI is sent.
    package var serverName: String?
    /// False accepts any certificate under any name.
    package var verifiesPeer: Bool

    package init(
        certificateAuthorities: [UInt8]? = nil, clientCertificate: ClientCertificate? = nil,
        serverName: String? = nil, verifiesPeer: Bool = true
    ) {
        self.certificateAuthorities = certificateAuthorities
        self.clientCertificate = clientCertificate
        self.serverName = serverName
        self.verifiesPeer = verifiesPeer
    }
}

package struct ClientCertificate: Sendable {
    /// PEM: the leaf, then its intermediates.
    package var chain: [UInt8]
    /// PEM, not encrypted.
    package var key: SecretBytes

    package init(chain: [UInt8], key: SecretBytes) {
        self.chain = chain
        self.key = key
    }
}
