import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd.Installed {
    @Suite struct Defaulting {
        @Test func `a good backup gets its defaults and nothing else, and a second apply changes nothing`() async throws
        {
            try await Kubectl.withPreparedNamespace { kubectl in
                let yaml = """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdBackup
                    metadata: {name: nightly}
                    spec:
                      clusterRef: main
                      destination:
                        prefix: prod/
                        secretRef: {name: store}
                        s3: {bucket: backups, endpoint: "https://store.example.com"}
                    """
                try await kubectl.apply(yaml)
                let text = try await kubectl.output("get", "etcdbackup", "nightly", "-o", "json")
                let stored = try JSONDecoder().decode(EtcdBackup.self, from: Data(text.utf8))
                #expect(
                    stored.spec
                        == .init(
                            clusterRef: "main",
                            destination: .init(
                                provider: .s3, prefix: "prod", secretRef: .init(name: "store"),
                                s3: .init(
                                    bucket: "backups", region: "us-east-1", endpoint: "https://store.example.com",
                                    forcePathStyle: true)),
                            snapshotTimeout: "10m", retention: .init(retainCount: 0)))

                try await kubectl.apply(yaml)
                let again = try await kubectl.output("get", "etcdbackup", "nightly", "-o", "json")
                let unchanged = try JSONDecoder().decode(EtcdBackup.self, from: Data(again.utf8))
                #expect(unchanged.metadata.generation == stored.metadata.generation)
            }
        }

        @Test func `a restore takes its version from the cluster that its backup came from`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                try await kubectl.apply(
                    """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdRestore
                    metadata: {name: back}
                    spec:
                      source: {backupRef: {name: nightly}}
                      target: {name: fresh}
                    """)
                let target = try await kubectl.output("get", "etcdrestore", "back", "-o", "jsonpath={.spec.target}")
                #expect(target == #"{"name":"fresh","size":1,"version":"v3.5.21"}"#)
            }
        }

        @Test func `a server-side dry run is judged and stores nothing`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let arguments = [
                    "backup", "create", "nightly", "--cluster", "main", "--provider", "s3", "--bucket", "backups",
                    "--secret", "store", "--dry-run=server", "-o", "json",
                ]
                let result = try await kubectl.plugin.command(arguments).run(within: .seconds(120))
                #expect(result.status == 0, "\(result.errors)")
                let judged = try JSONDecoder().decode(EtcdBackup.self, from: Data(result.output.utf8))
                #expect(judged.spec?.snapshotTimeout == "10m")
                #expect(try await kubectl.output("get", "etcdbackups", "-o", "name") == "")
            }
        }
    }
}

extension Kubectl {
    /// A backup whose status says Completed: what the controller would have written.
    func completedBackup(_ name: String, phase: String = "Completed") async throws {
        try await apply(backup.replacing("nightly", with: name))
        try await setStatus(
            "etcdbackup/\(name)",
            #"{"phase": "\#(phase)", "snapshotLocation": "s3://backups/main/\#(name)-20260101T000000Z.db"}"#)
    }

    /// Plays the controller: writes a status.
    func setStatus(_ object: String, _ status: String) async throws {
        try await output("patch", object, "--subresource=status", "--type=merge", "--patch", #"{"status": \#(status)}"#)
    }
}
