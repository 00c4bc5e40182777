import Admission
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient

/// Has the pods of a cluster under restore or recovery pass by our webhook, and no others, and ends it when that is over.
struct InjectionSwitch: Sendable {
    /// How often a change is tried, each time on what the configuration has become meanwhile.
    private static let attempts = 8

    let client: KubernetesClient
    var configuration = InjectorConfiguration.name
    /// The webhook that judges our own kinds, which is reached the same way.
    var judging = "etcdrecover-mutating"

    /// Adds the entry, where it is not there.
    /// - Parameters:
    ///   - cluster: whose pods they are; their names begin with it.
    ///   - labels: those of its pods, and of no others.
    func arm(_ target: InjectionTarget, cluster: String, labels: [String: String]) async throws {
        let known: InjectorConfiguration = try await read(judging)
        guard let reached = known.webhooks?.first?.clientConfig, reached.caBundle?.isEmpty == false else {
            throw Failure(
                reason: .injectionUnavailable,
                message: "MutatingWebhookConfiguration \(judging) has no CA yet: does the webhook run?",
                mayPass: true)
        }
        // An entry without labels would stop every pod of the namespace.
        guard !labels.isEmpty else {
            throw Failure(
                reason: .injectionUnavailable,
                message: "the pods of \(cluster) have no labels to know them by: give its selector matchLabels",
                mayPass: false)
        }
        let webhook = InjectorConfiguration.Webhook(
            for: target, labels: labels, isNamespaceLabelled: try await isLabelled(target.object.namespace),
            reached: reached)
        try await edit { try $0.arming(webhook) }
    }

    /// Makes nothing: a pod as one of the cluster's members would be, judged and thrown away. Throws until it comes back with
    /// our init container, which takes a target that is under way.
    func prove(_ target: InjectionTarget, cluster: String, labels: [String: String]) async throws {
        let probe = InjectionProbe(cluster: cluster, namespace: target.object.namespace, labels: labels)
        let judged: InjectionProbe
        do {
            judged = try await client.create(probe, options: WriteOptions(dryRun: true))
        } catch let error as KubernetesError {
            throw Failure(
                reason: .injectionUnavailable, message: "a member of \(cluster) would not start: \(error)",
                mayPass: true)
        }
        guard judged.carriesAgent(for: target) else {
            throw Failure(
                reason: .injectionUnavailable,
                message: "the API server does not send pods of \(cluster) to the webhook yet", mayPass: true)
        }
    }

    /// UIDs of the restores, or recoveries, whose clusters' pods pass by the webhook.
    func armed(_ kind: InjectionTarget.Kind) async throws -> Set<String> {
        do {
            return try await Set((read(configuration).webhooks ?? []).compactMap { $0.uid(of: kind) })
        } catch let failure as Failure where failure.reason == .injectionUnavailable {
            // Nothing is installed, so nothing is armed.
            return []
        }
    }

    /// Takes away what belongs to restores, or recoveries, that are over.
    func disarm(_ kind: InjectionTarget.Kind, where isOver: (_ uid: String) -> Bool) async throws {
        do { try await edit { $0.disarming(kind, where: isOver) } } catch let failure as Failure
            where failure.reason == .injectionUnavailable
        {
            // Nothing is installed, so nothing is armed.
        }
    }

    /// All restores and recoveries of this process write one object.
    private static let turns = Turns()

    private func edit(_ change: (InjectorConfiguration) throws -> [JSONPatchOperation]?) async throws {
        await Self.turns.take()
        let result: Result<Void, any Error>
        do { result = .success(try await editInTurn(change)) } catch { result = .failure(error) }
        await Self.turns.giveBack()
        try result.get()
    }

    /// Reads and changes the configuration, anew when somebody else did meanwhile: the webhook writes its CA there.
    private func editInTurn(_ change: (InjectorConfiguration) throws -> [JSONPatchOperation]?) async throws {
        var last = ""
        for attempt in 1...Self.attempts {
            guard let operations = try change(try await read(configuration)) else { return }
            do { return try await patch(operations) } catch let error as KubernetesError
                where error.isConflict || error.failure?.code == 422
            {
                last = "\(error)"
            }
            // Ever further apart, from those of other processes too.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...min(2000, 20 << attempt))))
        }
        throw Failure(
            reason: .injectionUnavailable,
            message:
                "MutatingWebhookConfiguration \(configuration) was not changed in \(Self.attempts) attempts: \(last)",
            mayPass: true)
    }

    private func read(_ name: String) async throws -> InjectorConfiguration {
        do { return try await client.get(name: name) } catch let error as KubernetesError where error.isNotFound {
            throw Failure(
                reason: .injectionUnavailable,
                message: "there is no MutatingWebhookConfiguration \(name): apply webhook-deploy", mayPass: true)
        }
    }

    private func patch(_ operations: [JSONPatchOperation]) async throws {
        let _: InjectorConfiguration = try await client.patch(
            name: configuration, with: .json(operations),
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
