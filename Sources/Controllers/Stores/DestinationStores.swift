import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import Logging
import ObjectStore

/// Opens the stores that destinations name, with the Secrets of their namespaces.
struct DestinationStores: Sendable {
    let client: KubernetesClient
    let environment: CredentialEnvironment
    let logger: Logger
    /// Where all that is uploaded is held on its way.
    var memory = PartMemory()

    /// Nothing is asked of the store yet; its Secret is read when it first is. `user` is the object on whose behalf.
    func open(
        _ destination: Destination, in namespace: String, for user: String, limits: TransferLimits = TransferLimits()
    ) throws -> ObjectStore {
        var store = ObjectStore.open(
            try StoreTarget(destination, options: S3Options(parallelParts: 3)),
            as: credentials(destination, namespace, user), in: environment, limits: limits)
        store.memory = memory
        return store
    }

    private func credentials(_ destination: Destination, _ namespace: String, _ user: String) -> StoreCredentials {
        guard let name = destination.secretRef?.name, !name.isEmpty else { return .ambient }
        return .secret {
            let secret: Secret
            do {
                secret = try await client.get(name: name, namespace: namespace)
            } catch let error as KubernetesError where error.isNotFound {
                throw StoreError.noCredentials(reason: "there is no Secret \(name) in namespace \(namespace)")
            } catch let error as KubernetesError where error.isForbidden {
                throw StoreError.noCredentials(
                    reason: "the controller may not read Secret \(name) in namespace \(namespace)")
            }
            // The audit trail: which key was used for whom. Never what is in it.
            logger.notice("credentials used", metadata: ["secret": "\(namespace)/\(name)", "for": "\(user)"])
            return Dictionary(
                uniqueKeysWithValues: secret.keys.compactMap { key in secret[key].map { (key, SecretBytes($0)) } })
        }
    }
}
