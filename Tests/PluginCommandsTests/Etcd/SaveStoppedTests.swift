import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

/// `snapshot save --from-data-dir`, of members that real etcds left behind.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct SaveStoppedTests {
    /// The database is written once an hour: what is put is in the log alone.
    private static let lazy = EtcdOptions(arguments: ["--backend-batch-interval", "1h"])

    @Test(arguments: EtcdRelease.all)
    func aMemberThatWasStoppedLacksNothingAndBootsAgain(_ release: EtcdRelease) async throws {
        let files = try TemporaryDirectory()
        let file = files.path(of: "db.snapshot")
        let plugin = Plugin()
        let before = try await EtcdCluster.run(release) { cluster in
            try await cluster.fill()
            let member = cluster.members[0]
            // So that a 3.4, where only writes count, has counted everything.
            let hash = try await cluster.hashKV()
            await member.stop()
            let seen = try await plugin.listing(member.dataDirectory)
            let saved = try await plugin.json("--from-data-dir", member.dataDirectory, file)
            #expect(try await plugin.listing(member.dataDirectory) == seen)
            #expect(saved["missingEntries"]?.int == 0 || !release.isAtLeast("3.5"))
            #expect(saved["missingCommittedEntries"]?.int == 0 || !release.isAtLeast("3.5"))
            #expect(saved["member"]?["name"]?.string == "m0")
            #expect(saved["revision"]?.int == hash.revision)
            return hash
        }
        let verified = try await plugin.run("verify", "--strict", file)
        #expect(verified.succeeded, "\(verified.output)\(verified.errors)")
        // Without --skip-hash-check, by etcd's own tool.
        let restored = try EtcdCluster.reserve(1, release)
        let member = restored[0]
        _ = try await release.snapshotTool(
            "restore", file, "--data-dir", member.dataDirectory, "--name", member.name,
            "--initial-cluster", "\(member.name)=\(member.peerURL)", "--initial-advertise-peer-urls", member.peerURL)
        try await EtcdCluster.run(restored) { cluster in
            let after = try await cluster.hashKV(at: before.revision)
            #expect(after == before)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aMemberThatWasKilledTellsWhatOnlyItsLogHas(_ release: EtcdRelease) async throws {
        let files = try TemporaryDirectory()
        let plugin = Plugin()
        let copy = try EtcdMember(release)
        let revision = try await EtcdCluster.run(release, options: Self.lazy) { cluster in
            for number in 0..<20 { try await cluster.etcdctl("put", "key\(number)", "value") }
            let revision = try await cluster.hashKV().revision
            let member = cluster.members[0]
            await member.kill()
            try await Command("cp", ["-r", member.dataDirectory, copy.dataDirectory]).output()
            let result = try await plugin.run(
                "save", "--from-data-dir", "\(member.dataDirectory)/member", files.path(of: "db"), "-o", "json")
            try #require(result.succeeded, "\(result.errors)")
            let saved = try JSONObject(result.output)
            let missing = try #require(saved["missingEntries"]?.int)
            #expect(missing >= 20)
            #expect(
                result.errors.contains("warning: only the log has the last \(missing) entries: "), "\(result.errors)")
            #expect(result.errors.contains("start the member once, for ten seconds"), "\(result.errors)")
            #expect(try #require(saved["revision"]?.int) <= revision - 20)
            return revision
        }
        // As the warning says.
        try await copy.start()
        try await copy.waitUntilHealthy()
        let saved = try await EtcdPlugin(endpoints: [copy.clientURL]).json(
            "snapshot", "save", files.path(of: "after"))
        await copy.end()
        #expect(saved["revision"]?.int == revision)
    }

    @Test(arguments: EtcdRelease.all)
    func startingItAloneBringsInWhatWasKnownToBeCommitted(_ release: EtcdRelease) async throws {
        let files = try TemporaryDirectory()
        let plugin = Plugin()
        let copy = try EtcdMember(release, name: "m1")
        let revision = try await EtcdCluster.run(release, members: 3, options: Self.lazy) { cluster in
            for number in 0..<20 { try await cluster.etcdctl("put", "key\(number)", "value") }
            let revision = try await cluster.hashKV().revision
            // Followers learn with the next heartbeat what is committed.
            try await Task.sleep(for: .seconds(1))
            for member in cluster.members { await member.kill() }
            try await Command("cp", ["-r", cluster.members[1].dataDirectory, copy.dataDirectory]).output()
            return revision
        }
        let before = try await plugin.json("--from-data-dir", copy.dataDirectory, files.path(of: "before"))
        #expect(try #require(before["missingCommittedEntries"]?.int) >= 20)
        try await copy.start()
        // It never answers; the database follows on its own.
        try await eventually("the database to follow the log") {
            // It holds its own; a copy may be torn once.
            try await Command("cp", [copy.database, files.path(of: "seen")]).output()
            let status = try await plugin.run("status", files.path(of: "seen"), "-o", "json")
            guard let seen = status.succeeded ? try JSONObject(status.output)["revision"]?.int : nil else {
                return false
            }
            return seen >= revision - 1
        }
        await copy.stop()
        let after = try await plugin.json("--from-data-dir", copy.dataDirectory, files.path(of: "after"))
        #expect(after["missingCommittedEntries"]?.int == 0)
        #expect(try #require(after["missingEntries"]?.int) <= 1)
    }

    @Test(arguments: EtcdRelease.all)
    func aMemberThatRunsIsRefused(_ release: EtcdRelease) async throws {
        let files = try TemporaryDirectory()
        let plugin = Plugin()
        try await EtcdCluster.run(release) { cluster in
            let member = cluster.members[0]
            let refused = try await plugin.run("save", "--from-data-dir", member.dataDirectory, files.path(of: "db"))
            #expect(refused.status == 1)
            #expect(
                refused.errors.hasPrefix(
                    "error: \(member.database) is in use: another process, likely a running etcd, has it locked."),
                "\(refused.errors)")
            // Its database alone was copied away, with no lock on it; the log is held all the same.
            let copy = files.path(of: "copy/member/snap")
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            try await Command("cp", [member.database, copy]).output()
            let log = "\(member.dataDirectory)/member/wal"
            let held = try await plugin.run(
                "save", "--from-data-dir", files.path(of: "copy"), "--wal-dir", log, files.path(of: "db"))
            #expect(held.status == 1)
            #expect(
                held.errors.hasPrefix("error: \(log)/0000000000000000-0000000000000000.wal is in use:"),
                "\(held.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: files.path(of: "db")))
        #expect(!FileManager.default.fileExists(atPath: files.path(of: "db.part")))
    }

    @Test func aTornDatabaseIsRefused() async throws {
        let files = try TemporaryDirectory()
        let plugin = Plugin()
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 40, bytes: 3000)
            let member = cluster.members[0]
            await member.stop()
            // As a copy has it that was made page by page while etcd wrote.
            let size = try await Command("stat", ["-c", "%s", member.database]).output()
            let pages = try #require(Int(size.filter(\.isNumber))) / 4096
            try await Command(
                "dd",
                ["if=/dev/urandom", "of=\(member.database)", "bs=4096", "seek=4", "count=\(pages - 4)", "conv=notrunc"]
            ).output()
            let refused = try await plugin.run("save", "--from-data-dir", member.dataDirectory, files.path(of: "db"))
            #expect(refused.status == 1)
            #expect(
                refused.errors.hasPrefix("error: \(member.database) is damaged, or was copied while its etcd ran:\n  "),
                "\(refused.errors)")
            #expect(refused.errors.contains("\nnothing was written\n"), "\(refused.errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.path).isEmpty)
    }

    @Test func aLogElsewhereIsNamedAndOneThatIsLostIsTold() async throws {
        let files = try TemporaryDirectory()
        let plugin = Plugin()
        let log = files.path(of: "log")
        let options = EtcdOptions(arguments: ["--wal-dir", log])
        try await EtcdCluster.run(.newest, options: options) { cluster in
            try await cluster.fill()
            let data = cluster.members[0].dataDirectory
            await cluster.members[0].stop()
            let named = try await plugin.json("--from-data-dir", data, "--wal-dir", log, files.path(of: "named"))
            #expect(named["missingEntries"]?.int == 0)
            let lost = try await plugin.run("save", "--from-data-dir", data, files.path(of: "lost"), "-o", "json")
            #expect(lost.succeeded)
            #expect(
                lost.errors.contains("warning: whether the database lacks acknowledged writes cannot be told: "),
                "\(lost.errors)")
            let json = try JSONObject(lost.output)
            #expect(json["missingEntries"]?.int == nil)
            #expect(json["sha256"]?.string == named["sha256"]?.string)
            let wrong = try await plugin.run(
                "save", "--from-data-dir", data, "--wal-dir", files.path, files.path(of: "wrong"))
            #expect(wrong.status == 1)
            #expect(wrong.errors.hasPrefix("error: \(files.path) has no write-ahead log"), "\(wrong.errors)")
            let inside = try await plugin.run("save", "--from-data-dir", data, "\(data)/../data/member/x")
            #expect(inside.status == 2)
            #expect(inside.errors.contains("where nothing is ever written"), "\(inside.errors)")
            // To the standard output and into a store goes the same.
            let piped = try await Command(
                "sh",
                [
                    "-c", "\"$0\" snapshot save --from-data-dir \"$1\" --wal-dir \"$2\" - >\"$3\"", plugin.program,
                    data, log,
                    files.path(of: "piped"),
                ]
            ).run()
            #expect(piped.succeeded, "\(piped.errors)")
            let stored = try await plugin.json(
                "--from-data-dir", data, "--wal-dir", log, "file://\(files.path)/stored.db")
            #expect(stored["uri"]?.string == "file://\(files.path)/stored.db")
            for name in ["piped", "stored.db"] {
                try await Command("cmp", [files.path(of: "named"), files.path(of: name)]).output()
            }
        }
    }

    @Test(arguments: [
        (["main", "f"], "give main or --from-data-dir, not both"),
        (["f", "--endpoints", "http://a:1"], "--from-data-dir asks no etcd: leave out the flags that lead to one"),
        (["f", "--timeout", "1m"], "--timeout is for what a running etcd sends; leave it out"),
    ])
    func whatLeadsToARunningEtcdIsRefusedBesideADirectory(_ words: [String], message: String) async throws {
        let captured = try CapturedConsole()
        let status = await PluginCommands.Plugin.run(
            ["snapshot", "save", "--from-data-dir", "/nonexistent"] + words, console: captured.console)
        #expect(status == .usage)
        #expect(captured.diagnostics.hasPrefix("error: \(message)\n"), "\(captured.diagnostics)")
    }

    /// `kubectl etcdrecover snapshot …` as a process.
    private struct Plugin: Sendable {
        let program = "\(TestEnvironment.programs)/kubectl-etcdrecover"

        func run(_ words: String...) async throws -> Command.Result { try await run(words) }

        private func run(_ words: [String]) async throws -> Command.Result {
            try await Command(program, ["snapshot"] + words, environment: ["NO_COLOR": "1"]).run(within: .seconds(60))
        }

        /// What a save prints that must succeed.
        func json(_ words: String...) async throws -> JSONObject {
            let result = try await run(["save"] + words + ["-o", "json"])
            try #require(result.succeeded, "\(result.output)\(result.errors)")
            return try JSONObject(result.output)
        }

        /// Names, sizes and times of change of all files.
        func listing(_ directory: String) async throws -> String {
            try await Command("find", [directory, "-printf", "%p %s %T@ %C@\\n"]).output()
        }
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<300 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("waited in vain for \(what)")
    }
}
