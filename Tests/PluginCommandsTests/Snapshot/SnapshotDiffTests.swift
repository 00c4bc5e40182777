import EtcdRecoverModel
import TestSupport
import Testing

@testable import PluginCommands

@Suite(.needsEtcd)
struct SnapshotDiffTests {
    @Test func `differences are listed in key order with revisions and sizes`() async throws {
        try await KubernetesSnapshot.with { before, cluster in
            let last = try await Outcome.of(SnapshotHash.self, before.path, "-o", "json").json()["revision"]
            guard case .int(let revision)? = last else { throw MissingPart("no revision") }
            try await cluster.etcdctl("put", "compact_rev_key", "12345")
            try await cluster.etcdctl("put", "/registry/events/default/e2", "{}")
            try await cluster.etcdctl("del", "/registry/minions/node1")
            let after = before.folder.path(of: "after")
            try await cluster.members[0].etcdctl(["snapshot", "save", after]).output()

            let text = try await Outcome.of(SnapshotDiff.self, before.path, after)
            #expect(text.status == .success)
            let rows = text.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(
                rows.map { $0.last } == [
                    "KEY", "/registry/events/default/e2", "/registry/minions/node1", "compact_rev_key",
                ])
            #expect(rows[1] == ["added", "\(revision + 2)", "2", "/registry/events/default/e2"])
            #expect(rows[2].first == "removed")
            #expect(rows[3].suffix(4) == ["1", "->", "5", "compact_rev_key"])
            #expect(text.diagnostics == "1 added, 1 removed, 1 changed, 8 the same\n")

            let json = try await Outcome.of(SnapshotDiff.self, before.path, after, "-o", "json", "--exit-code")
            #expect(json.status == .failure)
            let list = try json.json()
            #expect(list["same"] == 8)
            #expect(list["differences"]?.items.map { $0["change"] } == ["added", "removed", "changed"])
            #expect(list["differences"]?.items.last?["after"]?["size"] == 5)
            #expect(list["differences"]?.items.last?["sameValue"] == false)

            let then = try await Outcome.of(
                SnapshotDiff.self, before.path, after, "--rev-b", "\(revision)", "--exit-code")
            #expect(then.status == .success)
            #expect(then.output.isEmpty)
            #expect(then.diagnostics == "0 added, 0 removed, 0 changed, 10 the same\n")
            let some = try await Outcome.of(SnapshotDiff.self, before.path, after, "--prefix", "/registry/minions/")
            #expect(some.diagnostics == "0 added, 1 removed, 0 changed, 0 the same\n")
        }
    }
}
