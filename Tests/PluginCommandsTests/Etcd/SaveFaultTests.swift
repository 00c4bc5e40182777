import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import PluginCommands

/// What goes wrong in the middle of a save, and that it leaves nothing behind.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct SaveFaultTests {
    private func leftovers(in files: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: files.path)
    }

    @Test func aStreamThatIsCutLeavesNothing() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 100_000)
            // Behind the answers to the questions before it, and at several places within the snapshot.
            for limit in [20_000, 150_000, 300_000] {
                let files = try TemporaryDirectory()
                let relay = try TCPRelay(to: cluster.members[0].clientPort, after: limit, .cut)
                let saved = try await cluster.members[0].plugin(through: relay).run(
                    "snapshot", "save", files.path(of: "db"))
                #expect(saved.status == 1, "\(limit): \(saved.output)")
                #expect(
                    saved.errors.contains("error: Snapshot: 127.0.0.1:\(relay.port) ended the connection early"),
                    "\(saved.errors)")
                #expect(try leftovers(in: files) == [], "\(limit)")
            }
        }
    }

    @Test func aServerThatDiesMidwayLeavesNothing() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 100_000)
            let member = cluster.members[0]
            let files = try TemporaryDirectory()
            let relay = try TCPRelay(to: member.clientPort, after: 100_000, .hold)
            let command = member.plugin(through: relay).command([
                "snapshot", "save", files.path(of: "db"), "--timeout", "2s",
            ])
            let saved = try await command.run(within: .seconds(60))
            #expect(saved.status == 124, "\(saved.errors)")
            #expect(saved.errors.contains("error: no snapshot within 2s, which ended while "), "\(saved.errors)")
            #expect(saved.errors.hasSuffix("\ntry again, or raise --timeout\n"), "\(saved.errors)")
            #expect(try leftovers(in: files) == [])
        }
    }

    @Test(arguments: ["db", "-"]) func theLimitIsOfTheQuestionsToo(_ file: String) async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let member = cluster.members[0]
            let files = try TemporaryDirectory()
            member.freeze()
            // The member's own limit is never reached.
            let save = EtcdPlugin(endpoints: cluster.endpoints).command([
                "snapshot", "save", file == "-" ? file : files.path(of: file), "--timeout", "1s",
                "--command-timeout", "10m",
            ])
            let saved = try await save.run(within: .seconds(60))
            member.thaw()
            #expect(saved.status == 124, "\(saved.errors)")
            #expect(saved.errors.hasPrefix("error: no snapshot within 1s, which ended while "), "\(saved.errors)")
            #expect(saved.output.isEmpty)
            #expect(try leftovers(in: files) == [])
        }
    }

    @Test func aMemberThatIsSilentNamesTheFlagToRaise() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let files = try TemporaryDirectory()
            cluster.members[0].freeze()
            let saved = try await EtcdPlugin(endpoints: cluster.endpoints).run(
                "snapshot", "save", files.path(of: "db"), "--command-timeout", "1s")
            cluster.members[0].thaw()
            #expect(saved.status == 1)
            #expect(saved.errors.contains("asking its status: \(cluster.members[0].endpoint): "), "\(saved.errors)")
            #expect(saved.errors.contains("; try again, or raise --command-timeout\n"), "\(saved.errors)")
            #expect(saved.errors.contains("restarted without quorum"), "\(saved.errors)")
        }
    }

    @Test func aDamagedDatabaseReplacesNothing() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill()
            let files = try TemporaryDirectory()
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            let (good, other) = (files.path(of: "db"), files.path(of: "new"))
            // The member writes out what is pending, and nothing more from here on.
            let first = try await plugin.run("snapshot", "save", good)
            try #require(first.succeeded, "\(first.errors)")
            let content = try Data(contentsOf: URL(filePath: good))
            try damagePages(with: "key-3", in: cluster.members[0].database)

            let saved = try await plugin.run("snapshot", "save", good, "--overwrite")
            #expect(saved.status == 1)
            #expect(saved.output == "")
            #expect(saved.errors.contains("error: the database of m0 is damaged: "), "\(saved.errors)")
            #expect(
                saved.errors.contains("\nits copy is kept as \(good).damaged, and \(good) stays as it was\n"),
                "\(saved.errors)")
            #expect(try Data(contentsOf: URL(filePath: good)) == content)

            let again = try await plugin.json("snapshot", "save", good, "--overwrite", status: 1)
            #expect(again["file"]?.string == "\(good).damaged-1")
            #expect(again["damage"]?.string != nil)
            #expect(try Data(contentsOf: URL(filePath: good)) == content)

            let new = try await plugin.run("snapshot", "save", other)
            #expect(new.status == 1)
            #expect(
                new.errors.contains("\nits copy is kept as \(other).damaged, and \(other) was not written\n"),
                "\(new.errors)")
            #expect(try leftovers(in: files).sorted() == ["db", "db.damaged", "db.damaged-1", "new.damaged"])
            let verified = try await Command(plugin.command([]).program, ["snapshot", "verify", "\(other).damaged"])
                .run()
            #expect(verified.status == 1)
        }
    }

    /// Makes every page that has `text` one of no kind.
    private func damagePages(with text: String, in path: String) throws {
        let content = try Data(contentsOf: URL(filePath: path))
        let size = 4096
        let pages = stride(from: 0, to: content.count, by: size).filter { start in
            content[start..<min(start + size, content.count)].firstRange(of: Data(text.utf8)) != nil
        }
        try #require(!pages.isEmpty)
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        for page in pages {
            var kind: UInt16 = 0
            try #require(pwrite(descriptor, &kind, 2, page + 8) == 2)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func whoeverStopsItFindsNothingLeft(_ signal: Int32) async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 100_000)
            let member = cluster.members[0]
            let files = try TemporaryDirectory()
            let relay = try TCPRelay(to: member.clientPort, after: 100_000, .hold)
            let command = member.plugin(through: relay).command(["snapshot", "save", files.path(of: "db")])
            let ended = try await Service.run(command) { service in
                try await service.wait(for: "half a snapshot") { relay.hasEnded }
                #expect(try leftovers(in: files) == ["db.part"])
                service.signal(signal)
                while service.isRunning { try await Task.sleep(for: .milliseconds(20)) }
                #expect(service.log.hasSuffix("interrupted; nothing was kept\n"), "\(service.log)")
            }
            #expect(ended.status == 130)
            #expect(try leftovers(in: files) == [])
        }
    }

    @Test func aFullDiskLeavesNothing() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 100_000)
            let files = try TemporaryDirectory()
            let save = EtcdPlugin(endpoints: cluster.endpoints).command(["snapshot", "save", files.path(of: "db")])
            let limited = try await Command(
                "sh", ["-c", "ulimit -f 64; exec \"$0\" \"$@\"", save.program] + save.arguments
            ).run()
            #expect(limited.status == 1)
            #expect(
                limited.errors.hasSuffix("error: cannot write \(files.path(of: "db.part")): File too large\n"),
                "\(limited.errors)")
            #expect(try leftovers(in: files) == [])

            let toOutput = EtcdPlugin(endpoints: cluster.endpoints).command(["snapshot", "save", "-"])
            let full = try await Command(
                "sh", ["-c", "exec \"$0\" \"$@\" >/dev/full", toOutput.program] + toOutput.arguments
            ).run()
            #expect(full.status == 1)
            #expect(
                full.errors.hasSuffix("error: cannot write the output: No space left on device\n"), "\(full.errors)")
        }
    }

    @Test func aReaderThatLeavesIsAFailure() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 400_000)
            let save = EtcdPlugin(endpoints: cluster.endpoints).command(["snapshot", "save", "-"])
            let script = "{ \"$0\" \"$@\"; echo status $? >&2; } | head -c 1000 >/dev/null"
            let ended = try await Command("sh", ["-c", script, save.program] + save.arguments).run()
            #expect(ended.errors.contains("error: cannot write the output: Broken pipe\nstatus 1\n"), "\(ended.errors)")
        }
    }

    @Test func aReaderThatReadsNothingDoesNotHoldUpTheLimit() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill(keys: 4, bytes: 400_000)
            let files = try TemporaryDirectory()
            let save = EtcdPlugin(endpoints: cluster.endpoints).command(["snapshot", "save", "-", "--timeout", "1s"])
            let script = "pipe=$0; mkfifo \"$pipe\"; exec 3<>\"$pipe\"; exec \"$@\" >&3"
            let ended = try await Command("sh", ["-c", script, files.path(of: "pipe"), save.program] + save.arguments)
                .run(within: .seconds(60))
            #expect(ended.status == 124, "\(ended.errors)")
        }
    }

    @Test func anExistingFileIsNotTouched() async throws {
        let files = try TemporaryDirectory()
        let file = try files.write("precious", to: "db")
        // Nothing is connected to: nobody listens there.
        let saved = try await EtcdPlugin(endpoints: ["http://127.0.0.1:\(try freePort())"]).run(
            "snapshot", "save", file)
        #expect(saved.status == 1)
        #expect(saved.errors == "error: \(file) exists\ngive another name, or --overwrite\n")
        #expect(try files.read("db") == "precious")
    }

    @Test func theStandardOutputHasTheSnapshotAndNothingElse() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.fill()
            let files = try TemporaryDirectory()
            let save = EtcdPlugin(endpoints: cluster.endpoints).command(["snapshot", "save", "-"])
            let ended = try await Command(
                "sh", ["-c", "file=$0; exec \"$@\" >\"$file\"", files.path(of: "db"), save.program] + save.arguments
            ).run()
            #expect(ended.succeeded, "\(ended.errors)")
            _ = try await cluster.release.snapshotTool(
                "restore", files.path(of: "db"), "--data-dir", files.path(of: "d"))
        }
    }

    @Test func strangersAndWrongPasswordsAreTurnedAway() async throws {
        let tls = try await EtcdCertificates()
        try await EtcdCluster.run(.newest, options: EtcdOptions(tls: tls, rootPassword: "secret")) { cluster in
            let files = try TemporaryDirectory()
            let file = files.path(of: "db")
            func save(_ change: (inout EtcdPlugin) -> Void) async throws -> Command.Result {
                var plugin = EtcdPlugin(endpoints: cluster.endpoints, tls: tls, password: "secret")
                change(&plugin)
                return try await plugin.run("snapshot", "save", file)
            }
            let wrong = try await save { $0.environment["ETCDCTL_PASSWORD"] = "wrong" }
            #expect(wrong.errors.contains("check user and password"), "\(wrong.errors)")
            let stranger = try await save { $0 = EtcdPlugin(endpoints: cluster.endpoints, tls: tls, client: .stranger) }
            #expect(stranger.errors.contains("client certificate"), "\(stranger.errors)")
            let unsigned = try await save { $0.flags[3] = tls.otherAuthority }
            #expect(
                unsigned.errors.contains("no trusted certificate authority signed its certificate"),
                "\(unsigned.errors)")
            let reader = try await save { $0 = EtcdPlugin(endpoints: cluster.endpoints, tls: tls) }
            #expect(reader.errors.contains("a client certificate whose common name is a user"), "\(reader.errors)")
            #expect([wrong, stranger, unsigned, reader].map(\.status) == [1, 1, 1, 1])
            #expect(try leftovers(in: files) == [])
            // A certificate whose common name is root needs no password.
            let named = try await save { $0 = EtcdPlugin(endpoints: cluster.endpoints, tls: tls, client: .root) }
            #expect(named.succeeded, "\(named.errors)")
        }
    }
}

/// What the limit of a save cancels before there is a member to ask.
@Suite(.timeLimit(.minutes(1))) struct SaveLimitTests {
    @Test func aTunnelThatNeverOpensEndsWithTheWork() async throws {
        try await withDirectory { directory in
            let kubectl = "\(directory)/kubectl"
            try write("#!/bin/sh\n: >\(directory)/started; exec sleep 600\n", to: kubectl)
            chmod(kubectl, 0o755)
            let opening = Task {
                try await PortForward.withAll([
                    PortForward(kubectl: kubectl, flags: [], pod: "main-0", port: 2379)
                ]) { _ in }
            }
            while access("\(directory)/started", F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
            opening.cancel()
            // The body would have run, had it been waited for.
            await #expect(throws: CancellationError.self) { try await opening.value }
        }
    }
}
