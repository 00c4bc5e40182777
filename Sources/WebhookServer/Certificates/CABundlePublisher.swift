package import Cryptography

/// The `caBundle` of every webhook in our webhook configurations. Every call has a deadline of its own.
package protocol CABundlePublisher: Sendable {
    /// All our configurations, those that do not exist included.
    func published() async throws -> [WebhookConfiguration]
    /// Sets the bundle of every webhook of a configuration, if it is still as it was read.
    func publish(_ bundlePEM: [UInt8], to configuration: WebhookConfiguration) async throws -> WriteOutcome
}

/// One mutating or validating webhook configuration, as read.
package struct WebhookConfiguration: Sendable {
    package struct Webhook: Sendable {
        package let name: String
        /// Empty when the bundle is absent or unreadable: an API server could verify nothing with it either.
        package let authorities: [Certificate]

        package init(name: String, bundlePEM: [UInt8]) {
            self.name = name
            self.authorities = (try? Certificate.bundle(pem: bundlePEM)) ?? []
        }
    }

    /// Kind and name, for messages.
    package let name: String
    /// Its resourceVersion.
    package let version: String
    /// Its `metadata.generation`, which counts the changes of its webhooks.
    package let generation: Int
    /// Nil when the configuration does not exist.
    package let webhooks: [Webhook]?

    package init(name: String, version: String, generation: Int, webhooks: [Webhook]?) {
        self.name = name
        self.version = version
        self.generation = generation
        self.webhooks = webhooks
    }
}

extension [WebhookConfiguration] {
    /// One element for each webhook: what API servers verify it with.
    var bundles: [[Certificate]] {
        flatMap { $0.webhooks ?? [] }.map(\.authorities)
    }

    var missing: [String] {
        filter { $0.webhooks == nil }.map(\.name)
    }
}
