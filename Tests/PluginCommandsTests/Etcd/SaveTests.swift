import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import PluginCommands

/// `snapshot save` of real members.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct SaveTests {
    @Test(arguments: EtcdRelease.all)
    func whatIsSavedIsWhatEtcdsOwnToolsTake(_ release: EtcdRelease) async throws {
        let options = EtcdOptions(tls: try await EtcdCertificates(), rootPassword: "secret")
        let files = try TemporaryDirectory()
        let file = files.path(of: "db.snapshot")
        try await EtcdCluster.run(release, options: options) { cluster in
            try await cluster.fill()
            let plugin = EtcdPlugin(endpoints: cluster.endpoints, tls: options.tls, password: "secret")
            let saved = try await plugin.run("snapshot", "save", file)
            try #require(saved.succeeded, "\(saved.errors)")
            let status = try JSONObject(try await release.snapshotTool("status", file, "-w", "json"))
            let hash = UInt32(try #require(status["hash"]?.int)).hexadecimal
            let numbers = try ["revision", "totalKey", "totalSize"].map { try #require(status[$0]?.int) }
            #expect(
                saved.output == """
                    etcd snapshot saved to "\(file)" (\(numbers[2] + 32) bytes)
                    snapshot info: hash \(hash), revision \(numbers[0]), total keys \(numbers[1]), total size \(numbers[2])

                    """)
            #expect(saved.errors.hasPrefix("saving m0 ("), "\(saved.errors)")
        }
        let restored = try EtcdCluster.reserve(
            1, release, options: EtcdOptions(tls: options.tls, rootPassword: "secret", isAuthenticationRestored: true))
        let member = restored[0]
        _ = try await release.snapshotTool(
            "restore", file, "--data-dir", member.dataDirectory, "--name", member.name,
            "--initial-cluster", "\(member.name)=\(member.peerURL)", "--initial-advertise-peer-urls", member.peerURL)
        try await EtcdCluster.run(restored) { cluster in
            let value = try await cluster.etcdctl("get", "key-0", "--print-value-only")
            #expect(value == "again\n")
        }
    }
}

/// Which member is saved.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct SaveChoiceTests {
    @Test func aDeadMemberDoesNotStopASave() async throws {
        try await EtcdCluster.run(.newest, members: 3) { cluster in
            let files = try TemporaryDirectory()
            let dead = cluster.members[0]
            await dead.kill()
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            let saved = try await plugin.run("snapshot", "save", files.path(of: "db"))
            #expect(saved.succeeded, "\(saved.errors)")
            #expect(
                saved.errors.contains("note: passed over: asking its status: cannot connect to \(dead.endpoint)"),
                "\(saved.errors)")
        }
    }

    @Test func aSurvivorIsSavedWithoutQuorum() async throws {
        try await EtcdCluster.run(.newest, members: 3) { cluster in
            let files = try TemporaryDirectory()
            try await cluster.etcdctl("put", "a", "1")
            for member in cluster.members.dropFirst() { await member.kill() }
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            let saved = try await plugin.json("snapshot", "save", files.path(of: "db"))
            #expect(saved["member"]?["name"]?.string == "m0")
            #expect(saved["revision"]?.int == 2)
            let file = files.path(of: "db")
            let sum = try await Command("sh", ["-c", "head -c -32 \"$0\" | sha256sum", file]).output()
            #expect(saved["sha256"]?.string == sum.split(separator: " ").first.map(String.init))
        }
    }

    @Test func whereNobodyAnswersEachReasonIsTold() async throws {
        let ports = [try freePort(), try freePort()]
        let plugin = EtcdPlugin(endpoints: ports.map { "http://127.0.0.1:\($0)" })
        let files = try TemporaryDirectory()
        let saved = try await plugin.run("snapshot", "save", files.path(of: "db"))
        #expect(saved.status == 1)
        #expect(saved.errors.hasPrefix("error: no member could be saved:\n"), "\(saved.errors)")
        for port in ports { #expect(saved.errors.contains("cannot connect to 127.0.0.1:\(port)"), "\(saved.errors)") }
        #expect(
            saved.errors.hasSuffix("where its data lie run kubectl etcdrecover snapshot save --from-data-dir\n"),
            "\(saved.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.path).isEmpty)
    }
}
