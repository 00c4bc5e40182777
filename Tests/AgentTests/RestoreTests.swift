import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent

private let hasProgram = access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything

/// `etcdrecover agent` against real stores, and real etcds on what it lays.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: hasProgram, "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3, .gcs), .timeLimit(.minutes(10)))
struct RestoreTests {
    @Test(arguments: EtcdRelease.all, SnapshotInStore.Kind.allCases)
    func aMemberStartsOnWhatIsLaid(_ release: EtcdRelease, _ kind: SnapshotInStore.Kind) async throws {
        let world = try await World.make(release)
        let member = try EtcdMember(release, name: "orders-0")
        let run = try await SnapshotInStore.put(world.snapshot, revision: world.revision, in: kind).run(for: member)
        let ended = try await run.run()
        #expect(ended.status == 0, "\(ended.log)")
        let report = try #require(ended.report)
        #expect(report.result == .restored)
        #expect(report.member?.name == "orders-0")
        #expect(report.member?.revision == world.revision)
        #expect(report.member?.keys == 20)
        #expect(report.inherited == .init(authEnabled: false, alarms: [], encryptedValues: 0, leasedKeys: 0))
        #expect(try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory) == ["member"])
        let before = try await listing("\(member.dataDirectory)/member")
        let again = try await run.run()
        #expect(again.status == 0)
        #expect(again.report?.result == .alreadyRestored)
        #expect(again.report?.member == report.member)
        #expect(try await listing("\(member.dataDirectory)/member") == before)
        try await EtcdCluster.run([member]) { cluster in
            #expect(try await member.state() == MemberState(revision: world.revision, hash: world.hash))
            let value = try await cluster.etcdctl("get", "ключ", "--print-value-only")
            #expect(value == "значение\n")
            let ids = try await cluster.etcdctl("member", "list")
            #expect(ids.hasPrefix("\(report.member?.id ?? "-"), started, orders-0"))
            try await cluster.etcdctl("put", "after", "the restore")
        }
        // As when its node starts again, long after the restore, and the Secret is gone.
        var later = run
        later.order.expires = 1
        later.environment = [:]
        #expect(try await later.run().report?.result == .alreadyRestored)
        try await EtcdCluster.run([member]) { cluster in
            let value = try await cluster.etcdctl("get", "after", "--print-value-only")
            #expect(value == "the restore\n")
        }
    }

    @Test func theRevisionJumpsWhereItIsToldTo() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        var run = try await SnapshotInStore.put(world.snapshot, revision: world.revision).run(for: member)
        run.order.revisionBump = 1_000_000
        let ended = try await run.run()
        let report = try #require(ended.report)
        #expect(report.member?.revision == world.revision + 1_000_000)
        #expect(report.member?.snapshotRevision == world.revision)
        try await EtcdCluster.run([member]) { _ in
            let state = try await member.state()
            #expect(state.revision == world.revision + 1_000_000)
        }
    }

    @Test func whatComesBackWithTheDataIsReported() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest, options: EtcdOptions(rootPassword: "secret")) { cluster in
            try await cluster.etcdctl("put", "/registry/secrets/prod/a", "k8s:enc:aescbc:v1:key1:xyz")
            let grant = try await cluster.etcdctl("lease", "grant", "36000")
            let lease = String(try #require(grant.split(separator: " ").dropFirst().first))
            try await cluster.etcdctl("put", "leased", "value", "--lease=\(lease)")
            try await cluster.etcdctl("snapshot", "save", file)
        }
        let run = try await SnapshotInStore.put(file).run(for: EtcdMember(.newest, name: "orders-0"))
        let ended = try await run.run()
        let report = try #require(ended.report)
        #expect(report.inherited == .init(authEnabled: true, alarms: [], encryptedValues: 1, leasedKeys: 1))
        let warnings = report.warnings ?? []
        for word in ["authentication is on", "EncryptionConfiguration", "lease"] {
            #expect(warnings.contains { $0.contains(word) }, "\(warnings)")
        }
    }

    @Test func aCopyOfADatabaseIsTakenWhereThatIsAskedFor() async throws {
        let world = try await World.make()
        let bytes = try Data(contentsOf: URL(filePath: world.snapshot)).dropLast(32)
        let raw = world.folder.path(of: "raw.db")
        try bytes.write(to: URL(filePath: raw))
        let member = try EtcdMember(.newest, name: "orders-0")
        var run = try await SnapshotInStore.put(raw, revision: world.revision).run(for: member)
        let refused = try await run.run()
        #expect(refused.report?.reason == .snapshotCorrupt)
        #expect(try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory) == [])
        run.order.skipHashCheck = true
        #expect(try await run.run().report?.result == .restored)
        try await EtcdCluster.run([member]) { _ in
            let state = try await member.state()
            #expect(state == MemberState(revision: world.revision, hash: world.hash))
        }
    }

    @Test func anEmptyVolumeWithALostAndFoundIsFilled() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        try await Command("mkdir", ["-p", "\(member.dataDirectory)/lost+found"]).output()
        let run = try await SnapshotInStore.put(world.snapshot).run(for: member)
        #expect(try await run.run().report?.result == .restored)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory).sorted() == [
                "lost+found", "member",
            ])
    }

    @Test func dataOfAnotherLifeIsRefusedAndStaysAsItIs() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        _ = try await EtcdCluster.run([member]) { cluster in try await cluster.etcdctl("put", "precious", "data") }
        let before = try await listing("\(member.dataDirectory)/member")
        let ended = try await SnapshotInStore.put(world.snapshot).run(for: member).run()
        #expect(ended.status == 1)
        #expect(ended.report?.result == .failed)
        #expect(ended.report?.reason == .dataDirectoryNotEmpty)
        #expect(try await listing("\(member.dataDirectory)/member") == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory) == ["member"])
    }

    @Test func aMarkerOfAnotherRestoreIsNoneOfOurs() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        let run = try await SnapshotInStore.put(world.snapshot).run(for: member)
        #expect(try await run.run().report?.result == .restored)
        var other = run
        other.order.restore.uid = UUID().uuidString.lowercased()
        #expect(try await other.run().report?.reason == .dataDirectoryNotEmpty)
        var later = run
        later.order.restore.generation = 2
        #expect(try await later.run().report?.reason == .dataDirectoryNotEmpty)
        var renamed = run
        renamed.order.restore.name = "another"
        #expect(try await renamed.run().report?.result == .alreadyRestored)
    }

    /// All that a restore writes is on the volume once.
    @Test(.enabled(if: getuid() == 0, "mounting a small file system takes root"), arguments: [true, false])
    func theVolumeHoldsTheSnapshotOnce(_ hasRoom: Bool) async throws {
        let world = try await World.make(megabytes: 40)
        let volume = world.folder.path(of: "volume")
        try await Command("mkdir", [volume]).output()
        // 40 MB of values, 64 MB for the log.
        let size = hasRoom ? "124m" : "90m"
        try await Command("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", volume]).output()
        let member = try EtcdMember(.newest, name: "orders-0")
        var run = try await SnapshotInStore.put(world.snapshot).run(for: member)
        run.command = run.command.map { $0.hasPrefix("--data-dir=") ? "--data-dir=\(volume)" : $0 }
        run.order.mountPaths = [volume]
        let ended = try await run.run()
        let content = try FileManager.default.contentsOfDirectory(atPath: volume)
        try await Command("umount", [volume]).output()
        #expect(ended.report?.result == (hasRoom ? .restored : .failed), "\(ended.log)")
        #expect(ended.report?.reason == (hasRoom ? nil : .noSpace))
        #expect(content == (hasRoom ? ["member"] : []))
    }

    @Test func aTerminatedRunSaysSoAndLeavesNothing() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        var run = try await SnapshotInStore.put(world.snapshot).run(for: member)
        // Nobody answers there, and the run would go on for a minute.
        run.order.destination.s3?.endpoint = "http://127.0.0.1:\(try freePort())"
        let folder = try TemporaryDirectory()
        let termination = folder.path(of: "termination-log")
        var command = Command(
            AgentRun.program, ["agent", "--termination-log", termination, "--"] + run.command,
            environment: run.environment)
        command.environment[AgentVariable.order] = try run.order.json
        command.environment[AgentVariable.podName] = run.pod
        let start = ContinuousClock.now
        let ended = try await Service.run(command) { service in
            try await service.wait(for: "a first failure") { service.log.contains("again_in") }
        }
        #expect(ended.status == 1)
        #expect(.now - start < .seconds(45))
        #expect(AgentReport(terminationMessage: try folder.read("termination-log"))?.reason == .interrupted)
        #expect(try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory) == [])
    }
}
