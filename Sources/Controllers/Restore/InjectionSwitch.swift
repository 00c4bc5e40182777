import Admission
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// Has the pods of a restore's target pass by our webhook, and no others, and ends it when the restore is over.
struct InjectionSwitch: Sendable {
    /// Of the webhook that judges our own kinds, which is reached the same way.
    private static let reachedAs = "etcdrecover-mutating"

    let client: KubernetesClient

    /// Adds the entry, where it is not there.
    func arm(for restore: EtcdRestore) async throws {
        let target = Self.target(of: restore)
        let judging: InjectorConfiguration = try await read(Self.reachedAs)
        guard let reached = judging.webhooks?.first?.clientConfig, reached.caBundle?.isEmpty == false else {
            throw RestoreFailure(
                reason: .injectionUnavailable,
                message: "MutatingWebhookConfiguration \(Self.reachedAs) has no CA yet: does the webhook run?",
                mayPass: true)
        }
        let webhook = InjectorConfiguration.Webhook(
            for: target, labels: InjectorConfiguration.labels(ofCluster: restore.targetName),
            isNamespaceLabelled: try await isLabelled(target.restore.namespace), reached: reached)
        try await edit { try $0.arming(webhook) }
    }

    /// Makes nothing: a pod as the target's first would be, judged and thrown away. Throws until it comes back with our
    /// init container.
    func prove(for restore: EtcdRestore) async throws {
        let target = Self.target(of: restore)
        let probe = InjectionProbe(
            cluster: restore.targetName, namespace: target.restore.namespace,
            labels: InjectorConfiguration.labels(ofCluster: restore.targetName))
        let judged: InjectionProbe
        do {
            judged = try await client.create(probe, options: WriteOptions(dryRun: true))
        } catch let error as KubernetesError {
            throw RestoreFailure(
                reason: .injectionUnavailable, message: "a member of \(restore.targetName) would not start: \(error)",
                mayPass: true)
        }
        guard judged.carriesAgent(for: target) else {
            throw RestoreFailure(
                reason: .injectionUnavailable,
                message: "the API server does not send pods of \(restore.targetName) to the webhook yet", mayPass: true)
        }
    }

    /// Takes away what belongs to restores that are over.
    func disarm(where isOver: (_ uid: String) -> Bool) async throws {
        do { try await edit { $0.disarming(where: isOver) } } catch let failure as RestoreFailure
            where failure.reason == .injectionUnavailable
        {
            // Nothing is installed, so nothing is armed.
        }
    }

    /// Reads and changes the configuration, anew when somebody else did meanwhile: the webhook writes its CA there.
    private func edit(_ change: (InjectorConfiguration) throws -> [JSONPatchOperation]?) async throws {
        for attempt in 1... {
            guard let operations = try change(try await read(InjectorConfiguration.name)) else { return }
            do { return try await patch(operations) } catch let error as KubernetesError {
                guard error.isConflict || error.failure?.code == 422, attempt < 5 else { throw error }
            }
        }
    }

    private static func target(of restore: EtcdRestore) -> InjectionTarget {
        InjectionTarget(
            restore: ObjectName(namespace: restore.metadata.namespace ?? "", name: restore.metadata.name ?? ""),
            uid: restore.metadata.uid ?? "")
    }

    private func read(_ name: String) async throws -> InjectorConfiguration {
        do { return try await client.get(name: name) } catch let error as KubernetesError where error.isNotFound {
            throw RestoreFailure(
                reason: .injectionUnavailable,
                message: "there is no MutatingWebhookConfiguration \(name): apply webhook-deploy", mayPass: true)
        }
    }

    private func patch(_ operations: [JSONPatchOperation]) async throws {
        let _: InjectorConfiguration = try await client.patch(
            name: InjectorConfiguration.name, with: .json(operations),
            options: WriteOptions(fieldManager: "etcdrecover-controller"))
    }

    private struct Namespace: KubernetesResource {
        static let apiVersion = "v1"
        static let kind = "Namespace"
        static let plural = "namespaces"
        static let isNamespaced = false

        var metadata: ObjectMeta
    }

    private func isLabelled(_ name: String) async throws -> Bool {
        let namespace: Namespace = try await client.get(name: name)
        return namespace.metadata.labels?["kubernetes.io/metadata.name"] == name
    }
}
