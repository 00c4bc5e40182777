import Admission
import EtcdRecoverModel
import FoundationEssentials
import HTTP
import ObjectStore
import TestSupport
import Testing

extension EndToEnd.Installed {
    /// A member's pod on a real node: the agent as its init container, as another user than root, on a file system that it
    /// cannot write.
    @Suite(.needsPods, .needsEtcd, .needsObjectStores, .stores(.s3)) struct RestoredMember {
        @Test func `a member in a pod starts on its snapshot, and says why where it cannot`() async throws {
            let cluster = try TestCluster.current
            let release = EtcdRelease.newest
            try await loadImages(cluster, release)
            try await Kubectl.withNamespace(on: cluster) { kubectl in
                let host = try await InstalledPods.hostAddress(cluster)
                let relay = try TCPRelay(to: try TestStores.current.s3Port, after: .max, .cut, on: host)
                let key = try await putSnapshot(of: release)
                let target = try await restoreUnderWay(kubectl, endpoint: "http://\(host):\(relay.port)", key: key)
                try await kubectl.arm(target, cluster: "orders")
                _ = try await persistently {
                    try await kubectl.dryRun(MemberManifest.pod("orders-0", cluster: "orders")).injected
                }
                try await failsAndSaysWhy(kubectl)
                try await kubectl.setStatus("etcdrestore/back", #"{"snapshotLocation": "s3://bucket/\#(key)"}"#)
                try await kubectl.output("delete", "pod", "orders-0", "--grace-period=0", "--force")
                try await startsOnItsSnapshot(kubectl)
                try await kubectl.disarm(target)
                withExtendedLifetime(relay) {}
            }
        }

        private func failsAndSaysWhy(_ kubectl: Kubectl) async throws {
            try await kubectl.setStatus("etcdrestore/back", #"{"snapshotLocation": "s3://bucket/missing.db"}"#)
            try await kubectl.apply(statefulSet)
            let failed = try await persistently { try await report(kubectl, of: "orders-0") }
            #expect(failed.result == .failed)
            #expect(failed.reason == .snapshotNotFound, "\(failed.message)")
        }

        private func startsOnItsSnapshot(_ kubectl: Kubectl) async throws {
            let ready = try await kubectl.run(
                ["rollout", "status", "statefulset/orders", "--timeout=150s"], within: .seconds(160))
            if !ready.succeeded {
                let log = try await kubectl.run("logs", "orders-0", "-c", "etcdrecover-agent").output
                Issue.record("\(try await kubectl.output("describe", "pods"))\(log)")
            }
            let laid = try await report(kubectl, of: "orders-0")
            #expect(laid?.result == .restored)
            #expect(laid?.member?.keys == 10)
            let value = try await kubectl.output(
                "exec", "orders-0", "-c", "etcd", "--", "/usr/bin/etcdctl", "get", "key/7", "--print-value-only")
            #expect(value == "value 7\n")
        }

        private func loadImages(_ cluster: TestCluster, _ release: EtcdRelease) async throws {
            try await InstalledPods.loadImage(cluster)
            let files = try TemporaryDirectory()
            let rootfs = files.path(of: "rootfs.tar")
            try await Command(cluster.tool, ["pack", rootfs, release.etcd, release.etcdctl]).output(
                within: .seconds(120))
            try await Command(cluster.tool, ["load-image", EtcdInPods.image, rootfs]).output(within: .seconds(120))
        }

        private func putSnapshot(of release: EtcdRelease) async throws -> String {
            let files = try TemporaryDirectory()
            let file = files.path(of: "snapshot.db")
            try await EtcdCluster.run(release) { cluster in
                for number in 0..<10 { try await cluster.etcdctl("put", "key/\(number)", "value \(number)") }
                try await cluster.etcdctl("snapshot", "save", file)
            }
            let stores = try TestStores.current
            let http = try HTTPClient(.init(proxy: .none, version: .http1))
            let secret = [
                "accessKeyID": SecretBytes(stores.all.id), "secretAccessKey": SecretBytes(stores.all.secret),
            ]
            let location = S3Location(
                bucket: "bucket", region: "us-east-1", endpoint: stores.s3Endpoint, usesPathStyle: true)
            let store = ObjectStore.open(
                .s3(location), as: .secret { secret },
                in: CredentialEnvironment(variable: { _ in nil }, http: http, local: http))
            let key = "etcd/orders/\(UUID().uuidString.lowercased()).db"
            let bytes = Array(try Data(contentsOf: URL(filePath: file)))
            _ = try await store.put(OneChunk(bytes: bytes), at: ObjectKey(key)) { _ in ObjectMetadata() }
            await http.shutdown()
            return key
        }

        private func restoreUnderWay(
            _ kubectl: Kubectl, endpoint: String, key: String
        ) async throws -> InjectionTarget {
            let stores = try TestStores.current
            try await kubectl.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: keys}
                stringData: {accessKeyID: \(stores.all.id), secretAccessKey: "\(stores.all.secret)"}
                ---
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdRestore
                metadata: {name: back}
                spec:
                  source:
                    location:
                      destination:
                        provider: s3
                        secretRef: {name: keys}
                        s3: {bucket: bucket, region: us-east-1, endpoint: "\(endpoint)", forcePathStyle: true}
                      key: \(key)
                  target: {name: orders, version: v3.5.21}
                """)
            try await kubectl.setStatus(
                "etcdrestore/back", #"{"phase": "Downloading", "snapshotLocation": "s3://bucket/\#(key)"}"#)
            let uid = try await kubectl.output("get", "etcdrestore/back", "-o", "jsonpath={.metadata.uid}")
            return InjectionTarget(
                kind: .restore, object: ObjectName(namespace: kubectl.namespace ?? "", name: "back"), uid: uid)
        }

        /// What the agent of a pod said last; nil as long as it said nothing.
        private func report(_ kubectl: Kubectl, of pod: String) async throws -> AgentReport? {
            let path = "{.status.initContainerStatuses[0]['state','lastState'].terminated.message}"
            let message = try await kubectl.output("get", "pod", pod, "-o", "jsonpath=\(path)")
            return AgentReport(terminationMessage: message)
        }

        /// As the etcd-operator writes it, as another user than root.
        private var statefulSet: String {
            """
            apiVersion: v1
            kind: Service
            metadata: {name: orders}
            spec:
              clusterIP: None
              publishNotReadyAddresses: true
              selector: {app: orders}
              ports: [{name: client, port: 2379}, {name: peer, port: 2380}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: orders-state}
            data:
              ETCD_INITIAL_CLUSTER_STATE: new
              ETCD_DATA_DIR: /var/lib/etcd
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: orders}
            spec:
              serviceName: orders
              replicas: 1
              selector: {matchLabels: {app: orders, controller: orders}}
              template:
                metadata: {labels: {app: orders, controller: orders}}
                spec:
                  terminationGracePeriodSeconds: 1
                  securityContext: {runAsUser: 1000, runAsGroup: 1000, runAsNonRoot: true, fsGroup: 1000}
                  containers:
                  - name: etcd
                    image: \(EtcdInPods.image)
                    command: [/usr/bin/etcd]
                    args:
                    - --name=$(POD_NAME)
                    - --listen-peer-urls=http://0.0.0.0:2380
                    - --initial-advertise-peer-urls=http://$(POD_NAME).orders.$(POD_NAMESPACE).svc.cluster.local:2380
                    - --listen-client-urls=http://0.0.0.0:2379
                    - --advertise-client-urls=http://$(POD_NAME).orders.$(POD_NAMESPACE).svc.cluster.local:2379
                    env:
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
                    envFrom: [{configMapRef: {name: orders-state}}]
                    readinessProbe: {httpGet: {path: /health, port: 2379}, periodSeconds: 1, timeoutSeconds: 5}
                    volumeMounts:
                    - {name: etcd-data, mountPath: /var/lib/etcd, subPathExpr: $(POD_NAME)}
                  volumes:
                  - {name: etcd-data, emptyDir: {}}
            """
        }
    }
}

private struct OneChunk: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let bytes: [UInt8]

    struct AsyncIterator: AsyncIteratorProtocol {
        var bytes: [UInt8]?

        mutating func next() async throws -> [UInt8]? { bytes.take() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes) }
}
