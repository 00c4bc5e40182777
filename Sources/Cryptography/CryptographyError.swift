/// Why a key, a certificate or a digest could not be had. Never holds key material.
package enum CryptographyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What we were given cannot be used: the thing, and what is wrong with it.
    case unusable(String, reason: String)
    /// OpenSSL refused an operation: what we attempted, and its own words.
    case failed(String, reason: String)
    /// The chain does not lead to a trusted authority, at that time, for that name.
    case untrusted(String)

    package var description: String {
        switch self {
        case .unusable(let thing, let reason): "\(thing) \(reason)"
        case .failed(let operation, let reason): "\(operation) failed: \(reason)"
        case .untrusted(let reason): "certificate is not trusted: \(reason)"
        }
    }
}
