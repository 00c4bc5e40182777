import EtcdRecoverModel
import FoundationEssentials
package import KubernetesClient

/// Our webhook configurations. Needs `get` and `patch` on them, by name.
package struct WebhookConfigurationPublisher: CABundlePublisher {
    let client: KubernetesClient
    let mutating: String
    let validating: String
    /// Of the one whose entries come and go with restores; it may be missing.
    let injector: String?

    package init(client: KubernetesClient, mutating: String, validating: String, injector: String? = nil) {
        self.client = client
        self.mutating = mutating
        self.validating = validating
        self.injector = injector
    }

    package func published() async throws -> [WebhookConfiguration] {
        async let first = read(MutatingWebhookConfiguration.self, named: mutating)
        async let second = read(ValidatingWebhookConfiguration.self, named: validating)
        guard let injector else { return try await [first, second] }
        let third = try await read(MutatingWebhookConfiguration.self, named: injector)
        return try await [first, second] + (third.webhooks == nil ? [] : [third])
    }

    package func publish(_ bundlePEM: [UInt8], to configuration: WebhookConfiguration) async throws -> WriteOutcome {
        for name in [mutating, injector].compactMap(\.self)
        where configuration.name == Self.title(MutatingWebhookConfiguration.self, name) {
            return try await patch(MutatingWebhookConfiguration.self, named: name, bundlePEM, configuration)
        }
        return try await patch(ValidatingWebhookConfiguration.self, named: validating, bundlePEM, configuration)
    }

    private static func title(_ kind: any KubernetesResource.Type, _ name: String) -> String { "\(kind.kind) \(name)" }

    private func read<Kind: AdmissionConfiguration>(
        _ kind: Kind.Type, named name: String
    ) async throws -> WebhookConfiguration {
        do {
            let found = try await client.get(kind, name: name, within: apiDeadline)
            return WebhookConfiguration(
                name: Self.title(kind, name), version: found.metadata.resourceVersion ?? "",
                generation: Int(found.metadata.generation ?? 0),
                webhooks: (found.webhooks ?? []).map {
                    .init(name: $0.name, bundlePEM: Array($0.clientConfig.caBundle ?? Data()))
                })
        } catch let error as KubernetesError where error.isNotFound {
            return WebhookConfiguration(name: Self.title(kind, name), version: "", generation: 0, webhooks: nil)
        }
    }

    private func patch<Kind: AdmissionConfiguration>(
        _ kind: Kind.Type, named name: String, _ bundlePEM: [UInt8], _ read: WebhookConfiguration
    ) async throws -> WriteOutcome {
        let bundle = JSONValue.string(Data(bundlePEM).base64EncodedString())
        // Refused as a whole when the object is no longer the one that was read. `add` also replaces.
        var operations: [JSONPatchOperation] = [.test("/metadata/resourceVersion", .string(read.version))]
        for (index, webhook) in (read.webhooks ?? []).enumerated() {
            operations.append(.test("/webhooks/\(index)/name", .string(webhook.name)))
            operations.append(.add("/webhooks/\(index)/clientConfig/caBundle", bundle))
        }
        do {
            _ = try await client.patch(
                kind, name: name, with: .json(operations),
                options: WriteOptions(fieldManager: "etcdrecover-webhook", within: apiDeadline))
            return .written
        } catch let error as KubernetesError where error.isConflict || error.isNotFound || error.failure?.code == 422 {
            // 422 is how a failed `test` is reported.
            return .conflict
        }
    }
}

/// What the two kinds have in common, as far as we read it.
protocol AdmissionConfiguration: KubernetesResource {
    var webhooks: [AdmissionWebhook]? { get }
}

struct AdmissionWebhook: Codable, Sendable {
    struct ClientConfig: Codable, Sendable {
        var caBundle: Data?
    }

    var name: String
    var clientConfig: ClientConfig
}

struct MutatingWebhookConfiguration: AdmissionConfiguration {
    static let apiVersion = "admissionregistration.k8s.io/v1"
    static let kind = "MutatingWebhookConfiguration"
    static let plural = "mutatingwebhookconfigurations"
    static let isNamespaced = false

    var metadata: ObjectMeta
    var webhooks: [AdmissionWebhook]?
}

struct ValidatingWebhookConfiguration: AdmissionConfiguration {
    static let apiVersion = "admissionregistration.k8s.io/v1"
    static let kind = "ValidatingWebhookConfiguration"
    static let plural = "validatingwebhookconfigurations"
    static let isNamespaced = false

    var metadata: ObjectMeta
    var webhooks: [AdmissionWebhook]?
}
