import TestSupport
import Testing

/// The product as its users have it: CRDs and webhook in a real API server, kubectl, and the plugin beside it. One suite
/// after the other, since the webhook configurations are the cluster's.
@Suite(.serialized, .needsCluster, .timeLimit(.minutes(15)))
enum EndToEnd {
    /// Tests that share one webhook.
    @Suite(.installedWebhook) enum Installed {}
}
