import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent
@testable import SnapshotFile

/// A first member whose etcd does not run any more, recovered from what is on its volume, without any store.
@Suite(
    .serialized, .needsEtcd,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .timeLimit(.minutes(10)))
struct OwnDatabaseTests {
    @Test(arguments: EtcdRelease.all, [false, true])
    func aDatabaseThatHasAllOfItsLogComesBack(_ release: EtcdRelease, _ hasLogOfItsOwn: Bool) async throws {
        let lost = try await LostMember.make(release, hasLogOfItsOwn: hasLogOfItsOwn) { member in
            for number in 0..<20 { try await member.etcdctl(["put", "key/\(number)", "value"]).output() }
        }
        let run = lost.run()
        let ended = try await run.run()
        #expect(ended.report?.result == .restored, "\(ended.log)")
        #expect(ended.report?.member?.keys == 21)
        // Entries that are no writes do not count for etcd 3.4.
        if release.isAtLeast("3.5") { #expect(ended.report?.missingEntries == 0, "\(ended.message)") }
        let moved = try #require(ended.report?.movedAside)
        #expect(
            try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content)
        #expect(try await run.run().report?.result == .alreadyRestored)
        try await EtcdCluster.run([lost.member]) { cluster in
            #expect(try await cluster.etcdctl("get", "old", "--print-value-only") == "life\n")
            let members = try await cluster.etcdctl("member", "list")
            #expect(members.hasPrefix("\(ended.report?.member?.id ?? "-"), started, orders-0"))
        }
    }

    @Test func whatOnlyTheLogHadIsTold() async throws {
        let copy = try TemporaryDirectory()
        let lost = try await LostMember.make { member in
            await member.stop()
            try await Command("cp", [member.database, copy.path(of: "db")]).output()
            try await member.start()
            try await member.waitUntilHealthy()
            for number in 0..<10 { try await member.etcdctl(["put", "key/\(number)", "value"]).output() }
        }
        // As if the power had failed before etcd wrote its database.
        try await Command("cp", [copy.path(of: "db"), lost.member.database]).output()
        let ended = try await lost.run().run()
        let report = try #require(ended.report)
        #expect(report.result == .restored, "\(ended.log)")
        #expect((10...30).contains(report.missingEntries ?? -1), "\(ended.message)")
        #expect(
            report.warnings?.first?.contains("up to \(report.missingEntries ?? 0) entries are missing") == true,
            "\(ended.message)")
    }

    @Test func aLogThatCannotBeReadIsToldAndNoObstacle() async throws {
        let lost = try await LostMember.make()
        let log = "\(lost.data)/member/wal/\(WALRecord.fileName(sequence: 0, index: 0))"
        var bytes = Array(try Data(contentsOf: URL(filePath: log)))
        for index in 40..<60 { bytes[index] ^= 0xFF }
        try Data(bytes).write(to: URL(filePath: log))
        let ended = try await lost.run().run()
        #expect(ended.report?.result == .restored, "\(ended.log)")
        #expect(ended.report?.missingEntries == nil)
        #expect(ended.report?.warnings?.first?.contains("is not known") == true, "\(ended.message)")
    }

    @Test(arguments: ["torn", "short", "none", "empty"])
    func aDatabaseThatIsNotWholeIsRefusedAndStays(_ damage: String) async throws {
        let lost = try await LostMember.make { member in
            for number in 0..<50 {
                let value = String(repeating: "v", count: 1000)
                try await member.etcdctl(["put", "key/\(number)"], input: value).output()
            }
        }
        let path = lost.member.database
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        switch damage {
        case "torn":
            // Every second page, from the one behind the meta pages on.
            for page in stride(from: 2, to: bytes.count / 4096, by: 2) {
                for offset in 0..<4096 { bytes[page * 4096 + offset] = 0 }
            }
        case "short": bytes.removeLast(bytes.count - 5 * 4096)
        default: bytes = []
        }
        if damage == "none" {
            try FileManager.default.removeItem(atPath: path)
        } else {
            try Data(bytes).write(to: URL(filePath: path))
        }
        let before = try await listing(lost.data)
        let ended = try await lost.run().run()
        #expect(ended.report?.reason == (damage == "none" ? .snapshotNotFound : .snapshotCorrupt), "\(ended.message)")
        let after = try await listing(lost.data)
        #expect(after.split(separator: "\n").dropFirst() == before.split(separator: "\n").dropFirst())
    }

    @Test(arguments: [false, true])
    func itIsFoundWhereAnEarlierRunMovedIt(_ hasLogOfItsOwn: Bool) async throws {
        for attempt in [1, 2] as [Int64] {
            let lost = try await LostMember.make(hasLogOfItsOwn: hasLogOfItsOwn)
            var run = lost.run()
            try Restore.displace(
                dataDirectory: lost.data, walDirectory: lost.wal, as: "\(run.order.restore.uid)-1")
            run.order.restore.generation = attempt
            let ended = try await run.run()
            #expect(ended.report?.result == .restored, "\(ended.log)")
            #expect(ended.report?.missingEntries != nil)
            let moved = try #require(ended.report?.movedAside)
            #expect(
                try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content)
            try await EtcdCluster.run([lost.member]) { cluster in
                let value = try await cluster.etcdctl("get", "old", "--print-value-only")
                #expect(value == "life\n")
            }
        }
    }
}
