/// A Secret that holds certificates. Every call has a deadline of its own.
package protocol CertificateStore: Sendable {
    func read() async throws -> StoredCertificates
    /// Changes the Secret if it is still at `version`.
    func write(_ change: SecretChange, at version: String) async throws -> WriteOutcome
}

package struct StoredCertificates: Sendable {
    package let data: [String: [UInt8]]
    /// The Secret's resourceVersion.
    package let version: String

    package init(data: [String: [UInt8]], version: String) {
        self.data = data
        self.version = version
    }
}

/// What to write into a Secret; keys that are not named stay as they are.
package struct SecretChange: Sendable {
    package var set: [String: [UInt8]] = [:]
    package var remove: Set<String> = []
}

package enum WriteOutcome: Sendable {
    case written
    /// Somebody else changed the object since it was read. Nothing was written.
    case conflict
}
