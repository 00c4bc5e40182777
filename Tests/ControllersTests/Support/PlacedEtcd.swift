import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import TestSupport

/// Shows running etcds to Kubernetes as the pods of a cluster: the pods' text is that of real ones, the processes are beside.
struct PlacedEtcd: Sendable {
    enum Layout: CaseIterable, Sendable {
        /// The pods are the EtcdCluster's own.
        case pods
        /// They are a StatefulSet's, which the EtcdCluster owns.
        case statefulSet
        /// There is no EtcdCluster.
        case plainStatefulSet
    }

    let namespace: TestNamespace
    let name: String
    var layout = Layout.pods
    var annotations: [String: String] = [:]

    /// `urls`: where each member takes clients, in the order of the pods. One for a StatefulSet, whose pods are all alike.
    func place(_ urls: [String]) async throws {
        var owner: String?
        if layout != .plainStatefulSet {
            try await namespace.kubectl.apply(
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdCluster
                metadata: {name: \(name), annotations: \(json(annotations))}
                spec: {size: \(urls.count), version: v3.5.0}
                """)
            owner = try await reference("EtcdCluster", "operator.etcd.io/v1alpha1", "etcdcluster/\(name)")
        }
        // Pods need the namespace's account, which a controller makes.
        try await namespace.wait(for: "service account") {
            try await namespace.kubectl.run("get", "serviceaccount", "default").succeeded ? true : nil
        }
        if layout == .pods {
            for (ordinal, url) in urls.enumerated() {
                try await namespace.kubectl.apply(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata:
                      name: \(name)-\(ordinal)
                      labels: {app: \(name), controller: \(name)}
                      ownerReferences: [\(owner ?? "")]
                    spec: \(podSpec(url))
                    """)
            }
        } else {
            try await namespace.kubectl.apply(
                """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata:
                  name: \(name)
                  annotations: \(json(annotations))
                  ownerReferences: [\(owner ?? "")]
                spec:
                  serviceName: \(name)
                  replicas: 1
                  selector: {matchLabels: {app: \(name)}}
                  template:
                    metadata: {labels: {app: \(name), controller: \(name)}}
                    spec: \(podSpec(urls[0]))
                """)
        }
        for ordinal in urls.indices { try await run(ordinal) }
    }

    /// As the kubelet would say it.
    func run(_ ordinal: Int) async throws {
        let status = JSONValue.object(["status": .object(["phase": .string("Running"), "podIP": .string("127.0.0.1")])])
        try await namespace.wait(for: "pod \(name)-\(ordinal)") {
            do {
                _ = try await namespace.client.patch(
                    Pod.self, name: "\(name)-\(ordinal)", subresource: "status", with: .merge(status))
                return true
            } catch let error as KubernetesError where error.isNotFound || error.isConflict {
                return nil
            }
        }
    }

    private func podSpec(_ url: String) -> String {
        """
        {terminationGracePeriodSeconds: 0, containers: [{name: etcd, image: "etcd.test/etcd:1", args:
          ["--name=$(POD_NAME)", "--listen-client-urls=\(url)", "--advertise-client-urls=\(url)"]}]}
        """
    }

    private func reference(_ kind: String, _ apiVersion: String, _ path: String) async throws -> String {
        let uid = try await namespace.kubectl.output("get", path, "-o", "jsonpath={.metadata.uid}")
        return "{apiVersion: \(apiVersion), kind: \(kind), name: \(name), uid: \(uid), controller: true}"
    }

    private func json(_ map: [String: String]) -> String {
        "{" + map.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ") + "}"
    }
}
