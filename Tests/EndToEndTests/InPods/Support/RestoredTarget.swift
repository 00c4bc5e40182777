import Admission
import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension SourceCluster {
    /// Applies an EtcdRestore of the same name as its target. `more` is YAML of `spec.target`.
    func restore(_ backup: String, into target: String, _ more: String = "size: 1") async throws {
        try await kubectl.apply(restoreManifest(of: backup, into: target, more))
    }

    func restoreManifest(of backup: String, into target: String, _ more: String = "size: 1") -> String {
        """
        apiVersion: operator.etcd.io/v1alpha1
        kind: EtcdRestore
        metadata: {name: \(target)}
        spec:
          source: {backupRef: {name: \(backup)}}
          target: {name: \(target), \(more)}
          restoreTimeout: 5m
        """
    }

    /// That the cluster says where it comes of, and is nobody's: it outlives the record of its restore.
    func expectLineage(of restore: EtcdRestore) async throws {
        let name = try #require(restore.spec?.target?.name)
        let cluster = try await kubectl.object(name, as: EtcdCluster.self)
        let annotations = (cluster.metadata.annotations ?? [:]).filter { $0.key.hasPrefix("etcdrecover.") }
        #expect(
            annotations == [
                "etcdrecover.operator.etcd.io/restore": "\(kubectl.namespace ?? "")/\(restore.metadata.name ?? "")",
                "etcdrecover.operator.etcd.io/restore-uid": restore.metadata.uid,
                "etcdrecover.operator.etcd.io/restored-from": restore.status?.snapshotLocation,
            ])
        #expect(cluster.metadata.ownerReferences ?? [] == [])
    }

    /// Whether pods of this restore's target pass by the webhook.
    func isArmed(_ restore: EtcdRestore) async throws -> Bool {
        try await installed.kubectl.injector().disarming(.restore) { $0 == restore.metadata.uid } != nil
    }

    /// Deletes the target of a test that has ended, so that it takes no machine from those that run.
    func remove(_ target: String) async throws {
        try await kubectl.output("delete", "etcdcluster", target, "--wait=false")
    }

    /// That no etcd of the target has ever run: nothing was made, or pods are there whose data could not be laid.
    func expectNeverBooted(_ target: String, wasMade: Bool, at location: SourceLocation = #_sourceLocation) async throws
    {
        let cluster = try await kubectl.output("get", "etcdcluster", target, "--ignore-not-found", "-o", "name")
        #expect(cluster.isEmpty == !wasMade, sourceLocation: location)
        let json = try await kubectl.output("get", "pods", "--selector", "app=\(target)", "-o", "json")
        let pods = try JSONDecoder().decode(MemberPodList.self, from: Data(json.utf8)).items
        #expect(pods.isEmpty == !wasMade, sourceLocation: location)
        for pod in pods {
            let etcd = pod.status?.containerStatuses?.first { $0.name == "etcd" }
            #expect(etcd?.restartCount == 0 && etcd?.state?["waiting"] != nil, "\(json)", sourceLocation: location)
            #expect(etcd?.lastState ?? [:] == [:], "\(json)", sourceLocation: location)
        }
    }
}

private struct MemberPodList: Decodable {
    struct Pod: Decodable {
        let status: Status?
    }
    struct Status: Decodable {
        let containerStatuses: [Container]?
    }
    struct Container: Decodable {
        let name: String
        let restartCount: Int
        let state: [String: JSONValue]?
        let lastState: [String: JSONValue]?
    }
    let items: [Pod]
}
