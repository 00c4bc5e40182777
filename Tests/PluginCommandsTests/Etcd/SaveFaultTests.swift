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
            #expect(relay.hasEnded)
            #expect(saved.status == 124, "\(saved.errors)")
            #expect(saved.errors.contains("the exchange took longer than 2"), "\(saved.errors)")
            #expect(try leftovers(in: files) == [])
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
