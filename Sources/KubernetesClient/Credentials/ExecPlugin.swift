package import EtcdRecoverModel
package import HTTP

/// A client-go credential plugin, as a kubeconfig's user names it.
package struct ExecPlugin: Sendable {
    package enum InteractiveMode: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    package static let supportedVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// A name on the PATH, or an absolute path.
    package var command: String
    package var arguments: [String]
    package var environment: [String: SecretBytes]
    package var apiVersion: String
    package var interactiveMode: InteractiveMode
    package var installHint: String?
    /// Told to the plugin when it asks with `provideClusterInfo`.
    package var cluster: ClusterInfo?

    package struct ClusterInfo: Sendable {
        package var server: String
        package var tlsServerName: String?
        package var insecureSkipTLSVerify: Bool
        package var certificateAuthorities: [UInt8]?
        package var proxyURL: SecretBytes?
        /// The cluster's extension `client.authentication.k8s.io/exec`.
        package var config: JSONValue?
    }
}
