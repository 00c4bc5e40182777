import Admission
import ClusterAccess
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging

/// The EtcdCluster that a restore fills: made, or taken over as the empty shell it is, with the lineage that says whose it
/// is.
struct RestoreTarget: Sendable {
    let client: KubernetesClient

    /// Fields of other versions of the operator stay as they are: JSON, not our type.
    private struct Cluster: KubernetesResource {
        static let apiVersion = EtcdCluster.apiVersion
        static let kind = EtcdCluster.kind
        static let plural = EtcdCluster.plural

        var apiVersion: String? = Self.apiVersion
        var kind: String? = Self.kind
        var metadata: ObjectMeta
        var spec: JSONValue?
    }

    private struct Annotations: Encodable, Sendable {
        struct Metadata: Encodable, Sendable {
            var annotations: [String: String]
            var resourceVersion: String?
        }

        var metadata: Metadata
    }

    /// - Parameter existing: the empty shell that there is already.
    func make(_ restore: EtcdRestore, existing: EtcdCluster?, source: RestoreSource) async throws -> EtcdCluster {
        let namespace = restore.metadata.namespace ?? ""
        let origin = try await origin(of: source, in: namespace)
        var annotations = [
            Lineage.restore: "\(namespace)/\(restore.metadata.name ?? "")",
            Lineage.restoreUID: restore.metadata.uid ?? "",
            Lineage.source: restore.status?.snapshotLocation ?? "",
        ]
        // The users of the source come along in its data.
        if existing?.metadata.annotations?[ClusterLocator.authAnnotation] == nil {
            annotations[ClusterLocator.authAnnotation] = try await login(of: origin, source, in: namespace)
        }
        let options = WriteOptions(fieldManager: "etcdrecover-controller")
        if let existing {
            let patch = Annotations(
                metadata: .init(annotations: annotations, resourceVersion: existing.metadata.resourceVersion))
            return try await client.patch(
                name: existing.metadata.name ?? "", namespace: namespace, with: .merge(patch), options: options)
        }
        var metadata = ObjectMeta(
            name: restore.targetName, namespace: namespace,
            labels: ["app.kubernetes.io/created-by": "etcdrecover"])
        metadata.annotations = annotations
        var cluster = Cluster(metadata: metadata)
        cluster.spec = try spec(restore, source, origin)
        _ = try await client.create(cluster, options: options)
        return try await client.get(name: restore.targetName, namespace: namespace)
    }

    /// The cluster that was backed up, where it is still there.
    private func origin(of source: RestoreSource, in namespace: String) async throws -> Cluster? {
        guard let name = source.backup?.spec?.clusterRef else { return nil }
        return try await client.find(name: name, namespace: namespace)
    }

    /// The Secret that opens the cluster that was backed up, as it or its StatefulSet names it.
    private func login(of origin: Cluster?, _ source: RestoreSource, in namespace: String) async throws -> String? {
        if let origin { return origin.metadata.annotations?[ClusterLocator.authAnnotation] }
        guard let name = source.backup?.spec?.clusterRef else { return nil }
        do {
            let set: StatefulSet = try await client.get(name: name, namespace: namespace)
            return set.metadata.annotations?[ClusterLocator.authAnnotation]
        } catch let error as KubernetesError where error.isNotFound { return nil }
    }

    private func spec(_ restore: EtcdRestore, _ source: RestoreSource, _ origin: Cluster?) throws -> JSONValue {
        let target = restore.spec?.target
        var spec: [String: JSONValue] = ["size": .int(target?.size ?? 1)]
        let recorded = source.backup?.status?.snapshot?.etcdVersion.map { $0.hasPrefix("v") ? $0 : "v\($0)" }
        guard
            let version = target?.version.flatMap({ $0.isEmpty ? nil : $0 }) ?? origin?.spec?["version"]?.string
                ?? recorded
        else {
            throw Failure(
                reason: .invalidSpec,
                message: "spec.target.version is needed: nothing tells the version of the snapshot",
                mayPass: false)
        }
        spec["version"] = .string(version)
        // Where images come from is the platform's choice and not the snapshot's.
        if let registry = origin?.spec?["imageRegistry"] { spec["imageRegistry"] = registry }
        if let storage = target?.storageSpec {
            spec["storageSpec"] = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(storage))
        }
        return .object(spec)
    }
}
