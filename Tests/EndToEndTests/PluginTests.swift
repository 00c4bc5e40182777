import Glibc
import TestSupport
import Testing

extension EndToEnd.Installed {
    @Suite struct PluginCommands {
        private static let create = [
            "backup", "create", "nightly", "--cluster", "main", "--provider", "s3", "--bucket", "backups", "--secret",
            "store",
        ]

        @Test(arguments: [("Completed", Int32(0)), ("Failed", 1)])
        func `create --wait follows the work and exits by its outcome`(_ phase: String, _ status: Int32) async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                async let waited = kubectl.plugin.command(Self.create + ["--wait", "--wait-timeout", "150s"])
                    .run(within: .seconds(160))
                try await eventually("etcdbackup/nightly") {
                    try await kubectl.run("get", "etcdbackup", "nightly").succeeded ? true : nil
                }
                for step in ["Pending", "Snapshotting", "Uploading"] {
                    try await kubectl.setStatus("etcdbackup/nightly", #"{"phase": "\#(step)"}"#)
                }
                try await kubectl.setStatus(
                    "etcdbackup/nightly",
                    #"""
                    {"phase": "\#(phase)", "snapshotLocation": "s3://backups/main/nightly.db",
                     "conditions": [{"type": "Succeeded", "status": "\#(status == 0 ? "True" : "False")",
                       "reason": "BucketGone", "message": "the bucket is gone",
                       "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
                    """#)
                let result = try await waited
                #expect(result.status == status, "\(result.errors)")
                #expect(result.errors.contains("Snapshotting") || result.output.contains("Snapshotting"), "\(result)")
                if status == 1 { #expect(result.errors.contains("the bucket is gone"), "\(result.errors)") }
            }
        }

        @Test func `waiting ends with 124 when time is up and 130 when interrupted, and the work goes on`() async throws
        {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.apply(kubectl.backup)
                let late = try await kubectl.plugin.run("wait", "backup/nightly", "--timeout", "1s")
                #expect(late.status == 124, "\(late.errors)")

                let command = kubectl.plugin.command(["wait", "backup/nightly", "--timeout", "150s"])
                let interrupted = try await Service.run(command) { wait in
                    try await eventually("wait that hears interruptions") { wait.catches(SIGINT) ? true : nil }
                    wait.signal(SIGINT)
                    // By itself: who is ended here ends with another status.
                    try await eventually("end of the wait") { wait.isRunning ? nil : true }
                    return wait.log
                }
                #expect(interrupted.status == 130, "\(interrupted.value)")
                #expect(interrupted.value.contains("goes on"), "\(interrupted.value)")
                try await kubectl.output("get", "etcdbackup/nightly")
            }
        }

        @Test func `bad flags never reach the API server, and the words are the webhook's`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                let result = try await kubectl.plugin.run(
                    "backup", "create", "nightly", "--cluster", "main", "--provider", "s3", "--bucket", "My_Bucket")
                #expect(result.status == 1)
                #expect(
                    result.errors.contains("spec.destination.s3.bucket: Invalid value: \"My_Bucket\""),
                    "\(result.errors)")
                #expect(try await kubectl.output("get", "etcdbackups", "-o", "name") == "")
                #expect(try await kubectl.plugin.run("backup", "create", "--no-such-flag").status == 2)
            }
        }

        @Test func `list and describe show what is there`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.completedBackup("nightly")
                let list = try await kubectl.plugin.run("backup", "list")
                #expect(list.status == 0, "\(list.errors)")
                for word in ["NAME", "CLUSTER", "PHASE", "nightly", "main", "Completed"] {
                    #expect(list.output.contains(word), "\(word) in \(list.output)")
                }
                let described = try await kubectl.plugin.run("backup", "describe", "nightly")
                #expect(described.status == 0, "\(described.errors)")
                #expect(
                    described.output.contains("s3://backups/main/nightly-20260101T000000Z.db"), "\(described.output)")
                #expect(try await kubectl.plugin.run("backup", "describe", "missing").status == 1)
            }
        }

        @Test func `a namespace that may not be looked into is a note, not a stop`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.output(
                    "create", "role", "writer", "--verb=get,list,create", "--resource=etcdbackups.operator.etcd.io")
                try await kubectl.output("create", "rolebinding", "writer", "--role=writer", "--user=carol")
                try await kubectl.output("create", "role", "reader", "--verb=get", "--resource=secrets")
                try await kubectl.output("create", "rolebinding", "reader", "--role=reader", "--user=carol")
                let command = kubectl.plugin.command(Self.create + ["--as", "carol"])
                let result = try await command.run(within: .seconds(120))
                #expect(result.status == 0, "\(result.errors)")
            }
        }
    }
}
