package import HTTP

/// Where a user's credentials come from. Files are read anew as they rotate, a plugin is run when they expire.
package struct CredentialSource: Sendable {
    package var certificate: CertificateSource?
    package var token: TokenSource?
    package var basic: BasicCredentials?
    package var exec: ExecPlugin?

    package init(
        certificate: CertificateSource? = nil, token: TokenSource? = nil, basic: BasicCredentials? = nil,
        exec: ExecPlugin? = nil
    ) {
        self.certificate = certificate
        self.token = token
        self.basic = basic
        self.exec = exec
    }
}

package enum TokenSource: Sendable {
    case value(SecretBytes)
    /// `fallback` serves while the file cannot be read.
    case file(String, fallback: SecretBytes?)
}

package struct BasicCredentials: Sendable {
    package var user: String
    package var password: SecretBytes
}

/// Certificate and key, each in place or in a file.
package struct CertificateSource: Sendable {
    package enum Part: Sendable {
        case bytes(SecretBytes)
        case file(String)
    }

    package var certificate: Part
    package var key: Part
}

/// What one request presents.
struct Credentials: Sendable {
    var authorization: Authorization?
    var certificate: ClientCertificate?
}

extension Credentials: Equatable {
    static func == (left: Credentials, right: Credentials) -> Bool {
        left.authorization == right.authorization && left.certificate?.chain == right.certificate?.chain
            && left.certificate?.key == right.certificate?.key
    }
}
