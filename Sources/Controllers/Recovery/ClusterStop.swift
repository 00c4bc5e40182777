import Admission
import EtcdRecoverModel
import KubernetesClient
import Logging

/// The one destructive step: the members of a cluster are stopped, so that its first starts on the data that are kept.
///
/// Nothing is stopped before a pod of the cluster was seen to come back from the API server with our agent in it.
struct ClusterStop: Sendable {
    let client: KubernetesClient
    let injection: InjectionSwitch
    let logger: Logger

    private struct Scale: Encodable, Sendable {
        struct Metadata: Encodable, Sendable { var resourceVersion: String? }
        struct Spec: Encodable, Sendable { var replicas: Int }

        var metadata: Metadata
        var spec: Spec
    }

    /// The subresource, of which nothing but its making is of interest.
    private struct ScaledSet: KubernetesResource {
        static let apiVersion = "apps/v1"
        static let kind = "StatefulSet"
        static let plural = "statefulsets"

        var metadata: ObjectMeta
    }

    /// Has the cluster's pods pass by us, and sees that they do. Stops nothing.
    func prepare(_ recovery: EtcdRecovery, labels: [String: String]) async throws {
        let namespace = recovery.metadata.namespace ?? ""
        let target = InjectionTarget(
            kind: .recovery, object: ObjectName(namespace: namespace, name: recovery.metadata.name ?? ""),
            uid: recovery.metadata.uid ?? "")
        try await injection.arm(target, cluster: recovery.clusterName, labels: labels)
        try await injection.prove(target, cluster: recovery.clusterName, labels: labels)
    }

    /// - Parameters:
    ///   - scale: what a StatefulSet is scaled down to, as of the version that was looked at; nil leaves it.
    ///   - pods: by name and UID, so that none is deleted that was made meanwhile.
    func run(
        _ recovery: EtcdRecovery, scale: (replicas: Int, version: String?)?, pods: [(name: String, uid: String)]
    ) async throws {
        let namespace = recovery.metadata.namespace ?? ""
        if let scale {
            let _: ScaledSet = try await client.patch(
                name: recovery.clusterName, namespace: namespace, subresource: "scale",
                with: .merge(
                    Scale(metadata: .init(resourceVersion: scale.version), spec: .init(replicas: scale.replicas))),
                options: WriteOptions(fieldManager: "etcdrecover-controller"))
            logger.notice("StatefulSet \(recovery.clusterName) scaled to \(scale.replicas)")
        }
        for pod in pods {
            do {
                try await client.delete(
                    Pod.self, name: pod.name, namespace: namespace, options: DeleteOptions(uid: pod.uid))
                logger.notice("pod \(pod.name) deleted")
            } catch let error as KubernetesError where error.isNotFound || error.isConflict {
                // Gone, or another by now.
            }
        }
    }
}
