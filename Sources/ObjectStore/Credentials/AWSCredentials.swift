package import FoundationEssentials
package import HTTP

/// Keys that sign requests to S3. The secret parts cannot be printed.
package struct AWSCredentials: Equatable, Sendable {
    package var accessKeyID: String
    package var secretAccessKey: SecretBytes
    package var sessionToken: SecretBytes?
    /// When the store stops taking them; `nil`: when it is told to.
    package var expiration: Date?

    package init(
        accessKeyID: String, secretAccessKey: SecretBytes, sessionToken: SecretBytes? = nil, expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[AWS credentials]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
