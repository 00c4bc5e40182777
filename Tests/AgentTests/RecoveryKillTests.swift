import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent
@testable import SnapshotFile

/// A recovery, killed at any moment: no data are lost, and its next run ends as it should.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3), .timeLimit(.minutes(10)))
struct RecoveryKillTests {
    @Test(arguments: [false, true], [false, true])
    func aKillAtAnyMomentLosesNothing(_ hasLogOfItsOwn: Bool, _ isFromVolume: Bool) async throws {
        let world = try await World.make(megabytes: isFromVolume ? 0 : 10)
        let lost = try await LostMember.make(hasLogOfItsOwn: hasLogOfItsOwn)
        let original = try TemporaryDirectory()
        try await Command("cp", ["-a", lost.data, original.path(of: "data")]).output()
        if let wal = lost.wal { try await Command("cp", ["-a", wal, original.path(of: "wal")]).output() }
        let run = isFromVolume ? lost.run() : lost.run(try await SnapshotInStore.put(world.snapshot))
        let start = ContinuousClock.now
        #expect(try await run.run().report?.result == .restored)
        let whole = ContinuousClock.now - start
        let (data, wal, aside) = (lost.data, lost.wal, lost.aside)
        var counts: [String: Int] = [:]
        let rounds = 24
        for round in 0..<rounds {
            for path in [data, wal].compactMap(\.self) { Files.remove(path) }
            try await Command("cp", ["-a", original.path(of: "data"), data]).output()
            if let wal { try await Command("cp", ["-a", original.path(of: "wal"), wal]).output() }
            switch round % 3 {
            // From the beginning to a little behind the end.
            case 0: _ = try await run.run(killedAfter: whole * (round + 1) / (rounds - 3))
            // Between the steps by which one takes the other's place.
            case 1: _ = try await run.run(when: { Files.exists(aside) })
            default: _ = try await run.run(when: { !Files.exists("\(data)/member") })
            }
            let state = try await check(lost, run)
            counts[state, default: 0] += 1
            let next = try await run.run()
            #expect(next.status == 0, "\(state): \(next.log)")
            let moved = try #require(next.report?.movedAside, "\(state): \(next.message)")
            #expect(
                try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content,
                "\(state)")
            #expect(moved.count == (hasLogOfItsOwn ? 2 : 1), "\(state)")
            try checkNew(lost)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: data).sorted() == [".etcdrecover-aside", "member"],
                "\(state)")
        }
        print("killed \(rounds) times: \(counts)")
    }

    /// All of the states between two steps, made by hand, since few kills meet them.
    @Test(arguments: [false, true], [false, true])
    func eachStepCanBeTheLast(_ hasLogOfItsOwn: Bool, _ isFromVolume: Bool) async throws {
        let world = try await World.make()
        let snapshot = isFromVolume ? nil : try await SnapshotInStore.put(world.snapshot)
        for step in Step.allCases where hasLogOfItsOwn || !step.isOfALogOfItsOwn {
            let lost = try await LostMember.make(hasLogOfItsOwn: hasLogOfItsOwn)
            let run = snapshot.map { lost.run($0) } ?? lost.run()
            try await step.make(lost, run)
            let ended = try await run.run()
            let report = try #require(ended.report)
            #expect(report.result == .restored, "\(step): \(ended.log)")
            let moved = try #require(report.movedAside)
            #expect(
                try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content,
                "\(step)")
            #expect(moved.count == (hasLogOfItsOwn ? 2 : 1), "\(step)")
            try checkNew(lost)
            try await EtcdCluster.run([lost.member]) { cluster in
                let value = try await cluster.etcdctl("get", isFromVolume ? "old" : "ключ", "--print-value-only")
                #expect(value == (isFromVolume ? "life\n" : "значение\n"), "\(step)")
            }
        }
    }

    private enum Step: CaseIterable {
        case folder, member, log, newLog, newMember

        var isOfALogOfItsOwn: Bool { self == .log || self == .newLog || self == .newMember }

        func make(_ lost: LostMember, _ run: AgentRun) async throws {
            let place = "\(lost.aside)/\(run.order.restore.uid)-1"
            if self == .newLog || self == .newMember {
                // The whole, and the last step, or two, taken back.
                #expect(try await run.run().report?.result == .restored)
                let wal = lost.wal ?? ""
                let name = WALRecord.fileName(sequence: 0, index: 0)
                try Files.rename("\(wal)/\(name)", to: "\(wal)/\(Staging.withheldLog)")
                try Files.write(Staging.gate, to: "\(wal)/\(name)")
                if self == .newLog { Files.remove("\(lost.data)/member") }
                return
            }
            try Files.makeDirectory(lost.aside)
            try Files.makeDirectory(place)
            // What the next run has to clear.
            try await Command("mkdir", ["-p", "\(lost.data)/.etcdrecover-AbCdE1/member/snap"]).output()
            if self == .folder { return }
            try Files.rename("\(lost.data)/member", to: "\(place)/member")
            if self == .log, let wal = lost.wal { try Files.rename(wal, to: "\(place)/wal") }
        }
    }

    /// Which state was found; fails where old data are nowhere whole.
    private func check(_ lost: LostMember, _ run: AgentRun) async throws -> String {
        let place = "\(lost.aside)/\(run.order.restore.uid)-1"
        let isMemberAside = Files.exists("\(place)/member")
        let isLogAside = Files.exists("\(place)/wal")
        let content = try await LostMember.Content(
            member: isMemberAside ? "\(place)/member" : "\(lost.data)/member",
            wal: lost.wal.map { isLogAside ? "\(place)/wal" : $0 })
        #expect(content == lost.content)
        guard isMemberAside else { return "untouched" }
        if let wal = lost.wal, !isLogAside || !Files.exists(wal) || Restore.wasInterrupted(atLog: wal) {
            return "between"
        }
        return Files.exists("\(lost.data)/member") ? "laid" : "between"
    }

    private func checkNew(_ lost: LostMember) throws {
        let database = try Database(path: lost.member.database)
        var tree = TreeCheck(database, limit: 10)
        tree.run()
        #expect(tree.findings.errors == 0)
        #expect(try WALSummary(directory: lost.wal ?? "\(lost.data)/member/wal").lastEntry?.index == 1)
        #expect(RestoreMarker.read(inDataDirectory: lost.data) != nil)
    }
}
