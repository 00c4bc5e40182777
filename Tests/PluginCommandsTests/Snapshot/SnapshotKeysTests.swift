import ArgumentParser
import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

@Suite(.needsEtcd)
struct SnapshotKeysTests {
    @Test func `keys and values are listed as the server has them`() async throws {
        try await KubernetesSnapshot.with { snapshot, cluster in
            let served = try await cluster.etcdctl("get", "", "--prefix", "--keys-only").split(separator: "\n").map(
                String.init)
            let listed = try await Outcome.of(SnapshotKeys.self, snapshot.path)
            #expect(listed.output.split(separator: "\n").map(String.init) == served)
            #expect(listed.diagnostics.isEmpty)

            let pods = try await Outcome.of(SnapshotKeys.self, snapshot.path, "--prefix", "/registry/pods/default/")
            #expect(pods.output == "/registry/pods/default/web-0\n/registry/pods/default/web-1\n")
            let between = try await Outcome.of(
                SnapshotKeys.self, snapshot.path, "--from", "/registry/pods/default/web-1", "--to", "/registry/secrets")
            #expect(between.output.split(separator: "\n").count == 3)
            let limited = try await Outcome.of(SnapshotKeys.self, snapshot.path, "--limit", "2", "-o", "json").json()
            #expect(limited["more"] == true)
            #expect(limited["keys"]?.count == 2)
            let none = try await Outcome.of(SnapshotKeys.self, snapshot.path, "--prefix", "nothing", "-o", "json")
                .json()
            #expect(none["keys"] == .array([]))
            #expect(none["more"] == false)

            try await table(snapshot)
            try await revisions(snapshot, cluster)
            try await values(snapshot, cluster)
            try await history(snapshot)
        }
    }

    private func table(_ snapshot: KubernetesSnapshot) async throws {
        let wide = try await Outcome.of(SnapshotKeys.self, snapshot.path, "-o", "wide", "--prefix", "/registry/events/")
        let lines = wide.output.split(separator: "\n")
        #expect(
            lines.first?.split(separator: " ") == ["SIZE", "CREATED", "MODIFIED", "VERSION", "LEASE", "KEY"])
        let cells = try #require(lines.last).split(separator: " ")
        #expect(cells[0] == "2")
        #expect(UInt64(cells[4], radix: 16) ?? 0 > 0)
        #expect(cells[5] == "/registry/events/default/e1")
        let yaml = try await Outcome.of(SnapshotKeys.self, snapshot.path, "-o", "yaml", "--prefix", "compact")
        #expect(yaml.output.hasPrefix("keys:\n- createRevision: "))
        #expect(yaml.output.contains("\n  key: compact_rev_key\n"))
        #expect(yaml.output.contains("\nmore: false\nrevision: "))
    }

    private func revisions(_ snapshot: KubernetesSnapshot, _ cluster: EtcdServers) async throws {
        for revision in 2...8 {
            let served = try await cluster.etcdctl("get", "", "--prefix", "--keys-only", "--rev=\(revision)")
            let listed = try await Outcome.of(SnapshotKeys.self, snapshot.path, "--rev", "\(revision)")
            #expect(listed.output.split(separator: "\n") == served.split(separator: "\n"))
        }
        let future = try await Outcome.of(SnapshotKeys.self, snapshot.path, "--rev", "1000")
        #expect(future.status == .failure)
        #expect(future.diagnostics.contains("revision 1000 is not in the file; the newest one is "))
    }

    private func values(_ snapshot: KubernetesSnapshot, _ cluster: EtcdServers) async throws {
        // Raw on a file: not one byte more or less.
        let custom = try await Outcome.of(SnapshotGet.self, snapshot.path, KubernetesSnapshot.customKey)
        #expect(custom.output == KubernetesSnapshot.custom)
        let secret = try await Outcome.of(SnapshotGet.self, snapshot.path, KubernetesSnapshot.secretKey, "-o", "json")
            .json()
        #expect(secret["value"] == nil)
        #expect(secret["valueBase64"]?.string == Data(KubernetesSnapshot.encrypted).base64EncodedString())
        #expect(secret["format"] == "encrypted")
        #expect(secret["encryptionProvider"] == "aescbc")
        #expect(secret["encryptionKey"] == "key1")
        let old = try await Outcome.of(
            SnapshotGet.self, snapshot.path, "/registry/pods/default/web-0", "--rev", "2", "-o", "json")
        #expect(try old.json()["version"] == 1)
        #expect(try old.json()["kind"] == "Pod")
        let missing = try await Outcome.of(SnapshotGet.self, snapshot.path, "/registry/pods/default/gone")
        #expect(missing.status == .failure)
        #expect(missing.output.isEmpty)
        #expect(missing.diagnostics.contains("has no key /registry/pods/default/gone at revision"))
        let misspelt = try await Outcome.of(SnapshotGet.self, snapshot.path, #"a\q"#)
        #expect(misspelt.status == .usage)
    }

    private func history(_ snapshot: KubernetesSnapshot) async throws {
        let gone = try await Outcome.of(SnapshotGet.self, snapshot.path, "/registry/pods/default/gone", "--history")
        let lines = gone.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map { $0[1] } == ["CHANGE", "put", "delete"])
        let changes = try await Outcome.of(
            SnapshotGet.self, snapshot.path, "/registry/pods/default/web-0", "--history", "-o", "json"
        ).json()
        #expect(changes["history"]?.count == 2)
        #expect(changes["compactRevision"] == .null)
        let never = try await Outcome.of(SnapshotGet.self, snapshot.path, "never", "--history")
        #expect(never.status == .failure)
        #expect(never.diagnostics.contains("knows nothing of this key"))
    }
}

extension JSONValue {
    var count: Int? { if case .array(let items) = self { items.count } else { nil } }

    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
