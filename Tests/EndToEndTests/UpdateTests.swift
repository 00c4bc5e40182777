import TestSupport
import Testing

extension EndToEnd.Installed {
    @Suite struct Updates {
        private let patch = #"{"spec": {"clusterRef": "other"}}"#

        @Test func `a spec may change until work has begun, and is a record from then on`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.apply(kubectl.backup)
                try await kubectl.output(
                    "patch", "etcdbackup/nightly", "--type=merge", "-p", #"{"spec": {"retention": {"retainCount": 3}}}"#
                )

                try await kubectl.setStatus("etcdbackup/nightly", #"{"phase": "Snapshotting"}"#)
                let late = try await kubectl.run("patch", "etcdbackup/nightly", "--type=merge", "-p", patch)
                #expect(late.status == 1)
                #expect(late.errors.contains("spec: Forbidden: "), "\(late.errors)")
            }
        }

        @Test func `metadata, status, finalizers and deletion are never held up`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                // What the backup needed is gone, so its look-ups would fail now.
                try await kubectl.output("delete", "secret/store", "etcdcluster/main")
                try await kubectl.output("label", "etcdbackup/nightly", "tier=gold")
                try await kubectl.output("annotate", "etcdbackup/nightly", "note=kept")
                try await kubectl.setStatus("etcdbackup/nightly", #"{"phase": "Completed"}"#)
                try await kubectl.output(
                    "patch", "etcdbackup/nightly", "--type=merge", "-p",
                    #"{"metadata": {"finalizers": ["example.com/hold"]}}"#)
                try await kubectl.output("delete", "etcdbackup/nightly", "--wait=false")
                try await kubectl.output(
                    "patch", "etcdbackup/nightly", "--type=merge", "-p", #"{"metadata": {"finalizers": null}}"#)
                try await kubectl.output("wait", "--for=delete", "etcdbackup/nightly", "--timeout=120s")
            }
        }
    }
}
