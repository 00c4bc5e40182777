package import EtcdRecoverModel
package import FoundationEssentials

/// The webhook configuration whose entries send the pods of clusters under restore or recovery to `/inject`. While there is
/// nothing of the kind it has none, and no pod in the cluster ever comes by.
package struct InjectorConfiguration: KubernetesResource {
    package static let apiVersion = "admissionregistration.k8s.io/v1"
    package static let kind = "MutatingWebhookConfiguration"
    package static let plural = "mutatingwebhookconfigurations"
    package static let isNamespaced = false

    /// Of the one that `webhook-deploy` makes.
    package static let name = "etcdrecover-member-injector"

    package var metadata: ObjectMeta
    package var webhooks: [Webhook]?

    /// How API servers reach a webhook: by Service, or by URL.
    package struct ClientConfig: Codable, Hashable, Sendable {
        package struct Service: Codable, Hashable, Sendable {
            package var namespace: String
            package var name: String
            package var path: String?
            package var port: Int?
        }

        package var url: String?
        package var service: Service?
        package var caBundle: Data?

        /// The same webhook at another path.
        package func at(_ path: String) -> ClientConfig {
            var copy = self
            copy.service?.path = path
            copy.url = url.map { url in
                let host = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
                return url[..<host.startIndex] + host.prefix { $0 != "/" } + path
            }
            return copy
        }
    }

    package struct Webhook: Codable, Hashable, Sendable {
        package var name: String
        package var clientConfig: ClientConfig
        package var admissionReviewVersions = ["v1"]
        package var rules = [Rule()]
        package var namespaceSelector = LabelSelector()
        package var objectSelector = LabelSelector()
        package var matchPolicy = "Equivalent"
        package var failurePolicy = "Fail"
        /// Another webhook may change the pod behind us; its changes are the agent's too.
        package var reinvocationPolicy = "IfNeeded"
        package var sideEffects = "None"
        package var timeoutSeconds = 10

        /// - Parameters:
        ///   - labels: those of the cluster's pods and of no others.
        ///   - isNamespaceLabelled: whether the namespace has the label of its name, as it has since Kubernetes 1.21.
        ///     Without, the webhook itself lets pods of other namespaces pass.
        ///   - reached: as API servers reach the other webhooks of ours.
        package init(
            for target: InjectionTarget, labels: [String: String], isNamespaceLabelled: Bool,
            reached: ClientConfig
        ) {
            name = "\(target.uid).\(target.kind.domain)"
            clientConfig = reached.at(target.path)
            objectSelector = LabelSelector(matchLabels: labels)
            if isNamespaceLabelled {
                namespaceSelector = LabelSelector(
                    matchLabels: ["kubernetes.io/metadata.name": target.object.namespace])
            }
        }

        /// Of the object of that kind that this is for; nil for an entry that is not for one, or not ours.
        package func uid(of kind: InjectionTarget.Kind) -> String? {
            name.hasSuffix(".\(kind.domain)") ? String(name.dropLast(kind.domain.count + 1)) : nil
        }

        package var restoreUID: String? { uid(of: .restore) }
        package var recoveryUID: String? { uid(of: .recovery) }
    }

    package struct Rule: Codable, Hashable, Sendable {
        package var apiGroups = [""]
        package var apiVersions = ["v1"]
        package var operations = ["CREATE"]
        package var resources = ["pods"]
        package var scope = "Namespaced"
    }

    package struct LabelSelector: Codable, Hashable, Sendable {
        package var matchLabels: [String: String]?

        package init(matchLabels: [String: String]? = nil) { self.matchLabels = matchLabels }
    }
}

extension InjectorConfiguration {
    /// Of the etcd-operator's pods of a cluster, in both of its layouts.
    package static func labels(ofCluster name: String) -> [String: String] { ["app": name, "controller": name] }

    /// What adds an entry, or makes it what it is to be; nil where it is that already. Refused as a whole (422) when the
    /// object is no longer the one that was read.
    package func arming(_ webhook: Webhook) throws -> [JSONPatchOperation]? {
        let entry = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(webhook))
        guard let webhooks, !webhooks.isEmpty else { return [unchanged, .add("/webhooks", .array([entry]))] }
        guard let index = webhooks.firstIndex(where: { $0.name == webhook.name }) else {
            return [unchanged, .add("/webhooks/-", entry)]
        }
        return webhooks[index] == webhook ? nil : [unchanged, .replace("/webhooks/\(index)", entry)]
    }

    /// What takes away the entries of restores, or of recoveries, that `isOver` holds for, by their UIDs; nil where there is
    /// none.
    package func disarming(
        _ kind: InjectionTarget.Kind, where isOver: (_ uid: String) -> Bool
    ) -> [JSONPatchOperation]? {
        let indices = (webhooks ?? []).indices.filter { webhooks?[$0].uid(of: kind).map(isOver) ?? false }
        guard !indices.isEmpty else { return nil }
        // From the last, so that the numbers of the others stay.
        return [unchanged] + indices.reversed().map { .remove("/webhooks/\($0)") }
    }

    private var unchanged: JSONPatchOperation {
        .test("/metadata/resourceVersion", .string(metadata.resourceVersion ?? ""))
    }
}

extension InjectionTarget.Kind {
    /// What the names of its entries end in: whoever sweeps up behind one kind has nothing to do with the other's.
    fileprivate var domain: String {
        switch self {
        case .restore: "restore.etcdrecover.operator.etcd.io"
        case .recovery: "recovery.etcdrecover.operator.etcd.io"
        }
    }
}
