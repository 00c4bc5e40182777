import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

@Suite(.needsEtcd)
struct SnapshotRestoreTests {
    @Test(arguments: EtcdRelease.all)
    func `what was restored boots and has every key`(_ release: EtcdRelease) async throws {
        try await KubernetesSnapshot.with(release) { snapshot, cluster in
            let served = try await cluster.etcdctl("get", "", "--prefix")
            let member = try EtcdServers.reserve(1, release)[0]
            let outcome = try await Outcome.of(
                SnapshotRestore.self, snapshot.path, "--data-dir", member.dataDirectory, "--name", member.name,
                "--initial-cluster", "\(member.name)=\(member.peerURL)", "--initial-advertise-peer-urls",
                member.peerURL,
                "--initial-cluster-token", "rescue", "--target-version", release.version)
            #expect(outcome.status == .success)
            #expect(outcome.output.contains("Restored \(snapshot.path) into \(member.dataDirectory) as member m0 ("))
            #expect(
                outcome.output.contains("Start etcd with --name m0 --data-dir \(member.dataDirectory).\n")
            )
            #expect(outcome.diagnostics.contains("values that a Kubernetes API server has encrypted: 1."))
            #expect(outcome.diagnostics.contains("keys bound to a lease: 1."))
            try await EtcdServers.run([member]) { restored in
                let answered = try await restored.etcdctl("get", "", "--prefix")
                #expect(answered == served)
            }
        }
    }

    @Test func `the restored database has the revision that was asked for`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let folder = snapshot.folder.path(of: "bumped")
            let json = try await Outcome.of(
                SnapshotRestore.self, snapshot.path, "--data-dir", folder, "--bump-revision", "1000",
                "--mark-compacted",
                "-o", "json"
            ).json()
            guard case .int(let old)? = json["snapshotRevision"] else { throw MissingPart("no revision in \(json)") }
            #expect(json["revision"] == .int(old + 1000))
            #expect(json["dataDir"] == .string(folder))
            #expect(json["members"]?.items.first?["peerURLs"] == ["http://localhost:2380"])
            let status = try await Outcome.of(SnapshotStatusCommand.self, "\(folder)/member/snap/db", "-o", "json")
                .json()
            #expect(status["revision"] == .int(old + 1000))
            #expect(status["compactRevision"] == .int(old + 1000))
            #expect(status["liveKeys"] != 0)
            // The entry that marks the jump has no key and shows nowhere.
            let keys = try await Outcome.of(SnapshotKeys.self, "\(folder)/member/snap/db")
            let before = try await Outcome.of(SnapshotKeys.self, snapshot.path)
            #expect(keys.output == before.output)
            let difference = try await Outcome.of(
                SnapshotDiff.self, snapshot.path, "\(folder)/member/snap/db", "--exit-code")
            #expect(difference.status == .success)
        }
    }

    @Test func `what cannot be restored leaves nothing behind`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let target = snapshot.folder.path(of: "target")
            let occupied = snapshot.folder.path(of: "occupied")
            try FileManager.default.createDirectory(atPath: occupied, withIntermediateDirectories: false)
            try write("mine", to: occupied + "/file")
            let damaged = try snapshot.damaged(at: try Data(contentsOf: URL(filePath: snapshot.path)).count - 40)
            for (arguments, status, message) in [
                ([damaged, "--data-dir", target], ExitStatus.failure, "expected sha256"),
                ([snapshot.path, "--data-dir", occupied], .failure, "not empty"),
                ([snapshot.path, "--data-dir", target, "--name", "x"], .usage, "couldn't find local name \"x\""),
                ([snapshot.folder.path(of: "none"), "--data-dir", target], .failure, "there is no such file"),
            ] {
                let outcome = try await Outcome.of(SnapshotRestore.self, arguments: arguments)
                #expect(outcome.status == status)
                #expect(outcome.diagnostics.contains(message), "\(outcome.diagnostics)")
                #expect(!FileManager.default.fileExists(atPath: target))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: occupied) == ["file"])
            let left = try FileManager.default.contentsOfDirectory(atPath: snapshot.folder.path)
            #expect(left.sorted() == ["damaged", "db.snapshot", "occupied"])
        }
    }

    @Test(arguments: [
        (["--bump-revision", "5"], "--bump-revision and --mark-compacted go together; give both or neither"),
        (["--mark-compacted"], "--bump-revision and --mark-compacted go together; give both or neither"),
        (["--bump-revision=-5", "--mark-compacted"], "--bump-revision must be more than 0, not -5"),
        (["--target-version", "2.3"], "--target-version must be a version of etcd from 3.4 on, as 3.5, not 2.3"),
    ])
    func `flags that make no sense are refused`(_ flags: [String], message: String) async throws {
        let captured = try CapturedConsole()
        let status = await Plugin.run(["snapshot", "restore", "/nonexistent"] + flags, console: captured.console)
        #expect(status == .usage)
        #expect(captured.diagnostics.hasPrefix("error: \(message)\n"))
    }
}
