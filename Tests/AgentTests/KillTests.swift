import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent
@testable import SnapshotFile

/// The agent, killed at any moment, leaves a whole member or none, and its next run makes it whole.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3), .timeLimit(.minutes(10)))
struct KillTests {
    @Test(arguments: [false, true])
    func aKillAtAnyMomentLeavesAWholeMemberOrNone(_ hasLogOfItsOwn: Bool) async throws {
        let world = try await World.make(megabytes: 40)
        let member = try EtcdMember(.newest, name: "orders-0")
        let data = member.dataDirectory
        let wal = hasLogOfItsOwn ? "\(data.folder)/wal" : nil
        var run = try await SnapshotInStore.put(world.snapshot, revision: world.revision).run(for: member)
        if let wal { run.command.append("--wal-dir=\(wal)") }
        let start = ContinuousClock.now
        let first = try await run.run()
        let whole = ContinuousClock.now - start
        #expect(first.report?.result == .restored)
        // Of a snapshot of more than 40 MB.
        #expect(first.memory > 0)
        #expect(first.memory < 32 << 20)
        try check(data, wal, world)
        let rounds = 24
        var restored = 0
        var nothing = 0
        for round in 0..<rounds {
            for path in [data, wal].compactMap(\.self) { Files.remove(path) }
            // Also shortly before and after the end of a whole one.
            _ = try await run.run(killedAfter: whole * (round + 1) / (rounds - 8))
            let isThere = FileManager.default.fileExists(atPath: "\(data)/member")
            if isThere, wal.map(Restore.wasInterrupted) != true { try check(data, wal, world) }
            let next = try await run.run()
            #expect(next.status == 0, "\(next.log)")
            if next.report?.result == .restored { nothing += 1 } else { restored += 1 }
            try check(data, wal, world)
            #expect(try FileManager.default.contentsOfDirectory(atPath: data) == ["member"])
        }
        #expect(nothing > 0)
        print("killed \(rounds) times: \(nothing) left nothing, \(restored) the whole")
    }

    private func check(_ data: String, _ wal: String?, _ world: World) throws {
        let database = try Database(path: "\(data)/member/snap/db")
        var tree = TreeCheck(database, limit: 10)
        tree.run()
        #expect(tree.findings.errors == 0)
        #expect(try Keyspace(database).revision == world.revision)
        #expect(try WALSummary(directory: wal ?? "\(data)/member/wal").lastEntry?.index == 1)
        #expect(RestoreMarker.read(inDataDirectory: data) != nil)
    }
}
