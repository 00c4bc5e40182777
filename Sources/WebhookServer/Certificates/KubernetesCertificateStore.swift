import EtcdRecoverModel
import FoundationEssentials
package import KubernetesClient

/// A Secret read and written through the API. Needs `get` on that Secret, and `patch` where it is written; it must exist,
/// since RBAC cannot limit `create` to a name.
package struct KubernetesCertificateStore: CertificateStore {
    let client: KubernetesClient
    let namespace: String
    let name: String

    package init(client: KubernetesClient, namespace: String, name: String) {
        self.client = client
        self.namespace = namespace
        self.name = name
    }

    package func read() async throws -> StoredCertificates {
        let secret = try await client.get(Secret.self, name: name, namespace: namespace, within: apiDeadline)
        return StoredCertificates(
            data: (secret.data ?? [:]).mapValues { Array($0) }, version: secret.metadata.resourceVersion ?? "")
    }

    package func write(_ change: SecretChange, at version: String) async throws -> WriteOutcome {
        // A merge patch leaves labels and foreign keys alone; with a resourceVersion in it, it is refused when stale.
        var data: [String: JSONValue] = [:]
        for key in change.remove { data[key] = .null }
        for (key, value) in change.set { data[key] = .string(Data(value).base64EncodedString()) }
        let patch = JSONValue.object([
            "metadata": .object(["resourceVersion": .string(version)]), "data": .object(data),
        ])
        do {
            _ = try await client.patch(
                Secret.self, name: name, namespace: namespace, with: .merge(patch),
                options: WriteOptions(fieldManager: "etcdrecover-webhook", within: apiDeadline))
            return .written
        } catch let error as KubernetesError where error.isConflict {
            return .conflict
        }
    }
}

/// For one call, retries included: beyond it the answer would be too old to act on.
let apiDeadline: Duration = .seconds(10)
