import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

@Suite(.needsEtcd)
struct SnapshotStatusTests {
    @Test(arguments: EtcdRelease.all)
    func `status is what etcd's own tool says`(_ release: EtcdRelease) async throws {
        try await KubernetesSnapshot.with(release) { snapshot, cluster in
            let text = try await release.snapshotTool("status", snapshot.path, "-w", "json")
            let theirs = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
            let ours = try await Outcome.of(SnapshotStatusCommand.self, snapshot.path, "-o", "json").json()
            guard case .int(let hash)? = theirs["hash"] else { throw MissingPart("no hash in \(text)") }
            #expect(ours["hash"] == .string(UInt32(truncatingIfNeeded: hash).hexadecimal))
            for field in ["revision", "totalSize"] { #expect(ours[field] == theirs[field]) }
            #expect(ours["totalKeys"] == theirs["totalKey"])
            #expect(ours["hashOK"] == true)
            #expect(ours["kind"] == "snapshot")
            #expect(ours["compactRevision"] == .null)
            #expect(
                ours["clusterVersion"]
                    == .string(release.version.split(separator: ".").prefix(2).joined(separator: ".") + ".0"))
            let served = try await cluster.etcdctl("get", "", "--prefix", "--keys-only")
            #expect(ours["liveKeys"] == .int(Int64(served.split(separator: "\n").count)))
            #expect(ours["leasedKeys"] == 1)
            #expect(ours["encryptedKeys"] == 1)
            let member = try #require(ours["members"]?.items.first)
            #expect(member["name"] == "m0")
            #expect(member["peerURLs"] == .array([.string(cluster.members[0].peerURL)]))
            try await compareDigest(ours, snapshot)
            try await compareText(ours, snapshot)
            try await compareHash(snapshot, cluster)
        }
    }

    private func compareDigest(_ ours: JSONValue, _ snapshot: KubernetesSnapshot) async throws {
        let command = #"head -c -32 "$0" | sha256sum"#
        let sum = try await Command("/bin/sh", ["-c", command, snapshot.path]).output().prefix(64)
        #expect(ours["sha256"] == .string(String(sum)))
    }

    private func compareText(_ ours: JSONValue, _ snapshot: KubernetesSnapshot) async throws {
        let text = try await Outcome.of(SnapshotStatusCommand.self, snapshot.path)
        let info =
            "snapshot info: hash \(ours["hash"]?.string ?? ""), revision \(ours["revision"]?.cellText ?? ""), "
            + "total keys \(ours["totalKeys"]?.cellText ?? ""), total size \(ours["totalSize"]?.cellText ?? "")"
        #expect(text.output.split(separator: "\n").last.map(String.init) == info)
        #expect(text.output.contains(", matches\n"))
        #expect(
            text.diagnostics.contains(
                "values that an API server has encrypted, which are of no use without its EncryptionConfiguration: 1"))
        let yaml = try await Outcome.of(SnapshotStatusCommand.self, snapshot.path, "-o", "yaml")
        #expect(yaml.output.contains("\nhashOK: true\n"))
    }

    /// The hash that the running member answers for the newest revision and for one before.
    private func compareHash(_ snapshot: KubernetesSnapshot, _ cluster: EtcdServers) async throws {
        for flags in [[], ["--rev", "5"]] {
            let ours = try await Outcome.of(SnapshotHash.self, arguments: [snapshot.path, "-o", "json"] + flags).json()
            let text = try await cluster.members[0].etcdctl(["endpoint", "hashkv", "-w", "json"] + flags).output()
            let theirs = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).items.first?["HashKV"]
            #expect(ours["hashDecimal"] == theirs?["hash"])
            #expect(ours["compactRevision"] == theirs?["compact_revision"])
        }
        let text = try await Outcome.of(SnapshotHash.self, snapshot.path, "--rev", "5")
        #expect(text.output.hasSuffix("), revision 5, compact revision -1\n"))
    }

    @Test func `a changed value is told by the SHA-256 alone, and loudly`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let content = try Data(contentsOf: URL(filePath: snapshot.path))
            let place = try #require(content.firstRange(of: Data("a.example".utf8))).lowerBound
            let damaged = try snapshot.damaged(at: place, [UInt8(ascii: "z")])
            let status = try await Outcome.of(SnapshotStatusCommand.self, damaged)
            #expect(status.status == .failure)
            #expect(status.output.contains(", DOES NOT MATCH what the file ends in\n"))
            #expect(status.diagnostics.contains("error: \(damaged) is not what was saved: its SHA-256 is "))
            let json = try await Outcome.of(SnapshotStatusCommand.self, damaged, "-o", "json")
            #expect(json.status == .failure)
            #expect(try json.json()["hashOK"] == false)
            let verify = try await Outcome.of(SnapshotVerify.self, damaged)
            #expect(verify.status == .failure)
            #expect(
                verify.output.hasPrefix(
                    "error: offset \(content.count - 32): expected the SHA-256 of the file before it, "))
            #expect(verify.output.hasSuffix("\n\(damaged): 1 error, 0 warnings\n"))
            let unchecked = try await Outcome.of(SnapshotStatusCommand.self, damaged, "--skip-hash-check", "-o", "json")
            #expect(unchecked.status == .success)
            #expect(try unchecked.json()["hashOK"] == .null)
        }
    }

    @Test func `a broken structure ends every command with a finding`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            // Every page but the metas: no page is the page it should be.
            let size = try Data(contentsOf: URL(filePath: snapshot.path)).count - 32
            let damaged = try snapshot.damaged(at: 8192, [UInt8](repeating: 0xFF, count: size - 8192))
            for outcome in [
                try await Outcome.of(SnapshotStatusCommand.self, damaged),
                try await Outcome.of(SnapshotKeys.self, damaged),
                try await Outcome.of(SnapshotGet.self, damaged, "a"),
                try await Outcome.of(SnapshotObjects.self, damaged),
                try await Outcome.of(SnapshotObjects.self, damaged, "--sizes"),
                try await Outcome.of(SnapshotDiff.self, snapshot.path, damaged),
                try await Outcome.of(SnapshotHash.self, damaged),
            ] {
                #expect(outcome.status == .failure)
                #expect(outcome.output.isEmpty)
                #expect(outcome.diagnostics.hasPrefix("error: \(damaged) is damaged: page "))
                #expect(outcome.diagnostics.contains("kubectl etcdrecover snapshot verify \(damaged)"))
            }
            let verify = try await Outcome.of(SnapshotVerify.self, damaged, "-o", "json")
            #expect(verify.status == .failure)
            #expect(try verify.json()["sound"] == false)
            #expect(try verify.json()["findings"]?.items.first?["page"] != nil)
        }
    }

    @Test func `files that are no snapshots are told for what they are`() async throws {
        try await KubernetesSnapshot.with { snapshot, cluster in
            let text = snapshot.folder.path(of: "notes.txt")
            try write(String(repeating: "no snapshot\n", count: 1000), to: text)
            let missing = snapshot.folder.path(of: "missing")
            let empty = snapshot.folder.path(of: "empty")
            try write("", to: empty)
            for (path, message) in [
                (text, "error: \(text) is no snapshot and no etcd database, or its beginning is damaged: "),
                (missing, "error: \(missing): there is no such file\n"), (empty, "error: \(empty) is empty\n"),
                (snapshot.folder.path, "error: \(snapshot.folder.path) is a directory; "),
                (cluster.members[0].database, "error: \(cluster.members[0].database) is in use: "),
            ] {
                let outcome = try await Outcome.of(SnapshotStatusCommand.self, path)
                #expect(outcome.status == .failure)
                #expect(outcome.diagnostics.hasPrefix(message), "\(outcome.diagnostics)")
            }
            let verify = try await Outcome.of(SnapshotVerify.self, text)
            #expect(verify.status == .failure)
            #expect(verify.output.hasSuffix("\n\(text): 1 error, 0 warnings\n"))
            // A copy of the database of a member that was stopped.
            await cluster.members[0].stop()
            let database = try await Outcome.of(SnapshotStatusCommand.self, cluster.members[0].database)
            #expect(database.status == .success)
            #expect(database.output.contains("a database without SHA-256"))
            #expect(database.diagnostics.contains("has no SHA-256 to check it by"))
            #expect(try await Outcome.of(SnapshotVerify.self, cluster.members[0].database).status == .success)
            let strict = try await Outcome.of(SnapshotVerify.self, "--strict", cluster.members[0].database)
            #expect(strict.status == .failure)
        }
    }

    @Test func `a sound file is said to be sound`() async throws {
        try await KubernetesSnapshot.with { snapshot, _ in
            let outcome = try await Outcome.of(SnapshotVerify.self, "--strict", snapshot.path)
            #expect(outcome.status == .success)
            #expect(outcome.diagnostics.isEmpty)
            #expect(outcome.output.hasPrefix("\(snapshot.path) is sound: "))
            #expect(outcome.output.hasSuffix("live keys, SHA-256 matches\n"))
            let json = try await Outcome.of(SnapshotVerify.self, snapshot.path, "-o", "json").json()
            #expect(json["sound"] == true)
            #expect(json["findings"] == .array([]))
        }
    }
}
