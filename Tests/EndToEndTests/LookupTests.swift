import TestSupport
import Testing

extension EndToEnd.Installed {
    @Suite struct LookUps {
        static let restore = """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdRestore
            metadata: {name: back}
            spec:
              source: {backupRef: {name: nightly}}
              target: {name: fresh, version: v3.5.21}
            """

        /// Applies a manifest that must be refused, and returns what kubectl printed.
        private func refusal(_ kubectl: Kubectl, _ manifest: String, as user: String? = nil) async throws -> String {
            let result = try await kubectl.run(
                ["apply", "-f", "-"] + (user.map { ["--as", $0] } ?? []), input: manifest)
            #expect(result.status == 1, "\(result.output)")
            return result.errors
        }

        @Test func `a backup of a cluster that is not there is refused`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.output("delete", "etcdcluster", "main")
                let message = try await refusal(kubectl, kubectl.backup)
                #expect(message.contains("spec.clusterRef: Not found: \"main\""), "\(message)")
            }
        }

        @Test func `a Secret that lacks a key, or has white space in one, is refused without showing it`() async throws
        {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: store}
                    stringData: {accessKeyID: "\(Canary.accessKeyID)\\n"}
                    """)
                try await kubectl.output(
                    "patch", "secret", "store", "--type=json", "-p",
                    #"[{"op":"remove","path":"/data/secretAccessKey"}]"#)
                let message = try await refusal(kubectl, kubectl.backup)
                #expect(message.contains("spec.destination.secretRef.name: "), "\(message)")
                #expect(message.contains("accessKeyID"), "\(message)")
                #expect(message.contains("secretAccessKey"), "\(message)")
                #expect(!message.contains(Canary.accessKeyID))
            }
        }

        @Test func `who may not read the Secret may not have it used`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.output(
                    "create", "role", "writer", "--verb=get,create,patch", "--resource=etcdbackups.operator.etcd.io")
                try await kubectl.output("create", "rolebinding", "writer", "--role=writer", "--user=mallory")
                let message = try await refusal(kubectl, kubectl.backup, as: "mallory")
                #expect(message.contains("spec.destination.secretRef.name: Forbidden: "), "\(message)")
                #expect(message.contains("mallory"), "\(message)")

                try await kubectl.output(
                    "create", "role", "reader", "--verb=get", "--resource=secrets", "--resource-name=store")
                try await kubectl.output("create", "rolebinding", "reader", "--role=reader", "--user=mallory")
                try await kubectl.output("apply", "-f", "-", "--as", "mallory", input: kubectl.backup)
            }
        }

        @Test(arguments: ["Failed", "Uploading"])
        func `a restore from a backup that is not completed is refused with its phase`(_ phase: String) async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly", phase: phase)
                let message = try await refusal(kubectl, Self.restore)
                #expect(message.contains("spec.source.backupRef.name: "), "\(message)")
                #expect(message.contains(phase), "\(message)")
            }
        }

        /// The empty-target guarantee, one remnant at a time.
        @Test(arguments: [
            (
                "a StatefulSet with replicas",
                """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: fresh}
                spec:
                  serviceName: fresh
                  replicas: 1
                  selector: {matchLabels: {app: fresh}}
                  template:
                    metadata: {labels: {app: fresh}}
                    spec:
                      nodeSelector: {no-such: node}
                      containers: [{name: etcd, image: "none:1"}]
                """
            ),
            (
                "a member's volume of an earlier life",
                """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: etcd-data-fresh-2}
                spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
                """
            ),
            (
                "a pod of the cluster, without a StatefulSet",
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: fresh-0, labels: {app: fresh, controller: fresh}}
                spec:
                  nodeSelector: {no-such: node}
                  containers: [{name: etcd, image: "none:1"}]
                """
            ),
            (
                "another restore in flight",
                """
                apiVersion: operator.etcd.io/v1alpha1
                kind: EtcdRestore
                metadata: {name: other}
                spec:
                  source: {backupRef: {name: nightly}}
                  target: {name: fresh, version: v3.5.21}
                """
            ),
        ])
        func `a restore into a target that is not empty is refused`(_ what: String, _ remnant: String) async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                try await kubectl.apply(remnant)
                let message = try await refusal(kubectl, Self.restore)
                #expect(message.contains("spec.target.name: "), "\(what): \(message)")
            }
        }

        @Test func `a restore of a newer etcd's snapshot into an older one is refused`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                try await kubectl.setStatus(
                    "etcdbackup/nightly", #"{"phase": "Completed", "snapshot": {"etcdVersion": "3.6.1"}}"#)
                let message = try await refusal(kubectl, Self.restore)
                #expect(message.contains("spec.target.version: "), "\(message)")
            }
        }

        @Test func `another cluster's backups under a prefix that contains this one's are refused`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                let nested = """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdBackup
                    metadata: {name: second}
                    spec:
                      clusterRef: other
                      destination: {secretRef: {name: store}, prefix: main, s3: {bucket: \(kubectl.bucket)}}
                      retention: {retainCount: 3}
                    """
                try await kubectl.apply(
                    "apiVersion: operator.etcd.io/v1alpha1\nkind: EtcdCluster\nmetadata: {name: other}\nspec: {size: 1}"
                )
                let message = try await refusal(kubectl, nested)
                #expect(message.contains("spec.destination.prefix: "), "\(message)")
            }
        }
    }
}
