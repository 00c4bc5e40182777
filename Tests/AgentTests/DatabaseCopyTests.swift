import EtcdRecoverModel
import FoundationEssentials
import Glibc
import ObjectStore
import TestSupport
import Testing

@testable import Agent
@testable import SnapshotFile

/// What a member has whose etcd does not run any more, put into a store before anything of it is touched.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3, .gcs), .timeLimit(.minutes(10)))
struct DatabaseCopyTests {

    /// A run of the agent beside the member, of which it changes nothing.
    private func copy(
        _ lost: LostMember, to kind: SnapshotInStore.Kind = .s3, as key: String
    ) async throws -> AgentRun.Ended {
        let place = try SnapshotInStore.place(kind)
        var run = lost.run()
        run.order.destination = place.destination
        run.order.key = key
        run.order.recovery = RecoveryOrder(savesDatabase: true)
        run.environment = place.environment
        let ended = try await run.run()
        #expect(
            try await LostMember.Content(member: "\(lost.data)/member", wal: lost.wal) == lost.content, "it was changed"
        )
        return ended
    }

    private func object(_ key: String, in kind: SnapshotInStore.Kind = .s3) async throws -> StoredObject? {
        try await SnapshotInStore.withStore(kind) { store in
            do { return try await store.head(try ObjectKey(key)) } catch StoreError.notFound { return nil }
        }
    }

    private func key() -> String { "etcd/orders.rescue/\(UUID().uuidString.lowercased())/orders-0.db" }

    @Test(arguments: SnapshotInStore.Kind.allCases, [false, true])
    func theCopyIsWhatARecoveryStartsFrom(_ kind: SnapshotInStore.Kind, _ hasLogOfItsOwn: Bool) async throws {
        let lost = try await LostMember.make(hasLogOfItsOwn: hasLogOfItsOwn) { member in
            for number in 0..<20 { try await member.etcdctl(["put", "key/\(number)", "value"]).output() }
        }
        let key = key()
        let ended = try await copy(lost, to: kind, as: key)
        let report = try #require(ended.report, "\(ended.log)")
        #expect(report.result == .saved, "\(ended.message)")
        #expect(report.missingEntries == 0)
        let object = try #require(try await object(key, in: kind))
        #expect(object.metadata?.cluster == "prod/orders" && object.metadata?.member == "orders-0")
        #expect(object.metadata?.revision == report.saved?.revision)
        #expect(report.saved?.keys == 21)
        // Once more, as where nobody has read the report: there it is already.
        #expect(try await copy(lost, to: kind, as: key).report == report)

        let place = try SnapshotInStore.place(kind)
        var laying = lost.run()
        laying.order.destination = place.destination
        laying.order.key = key
        laying.order.sha256 = object.metadata?.sha256
        laying.order.revision = object.metadata?.revision
        laying.order.recovery = RecoveryOrder()
        laying.environment = place.environment
        let laid = try await laying.run()
        #expect(laid.report?.result == .restored, "\(laid.log)")
        try await EtcdCluster.run([lost.member]) { cluster in
            #expect(try await cluster.etcdctl("get", "old", "--print-value-only") == "life\n")
            let revision = report.saved?.revision ?? 0
            let hash = try await cluster.etcdctl("endpoint", "hashkv", "--rev", "\(revision)", "-w", "json")
            #expect(hash.contains("\"hash\":\(report.saved?.keyspaceHash ?? -1),"), "\(hash)")
        }
    }

    @Test func whatOnlyTheLogHasIsToldAndALogThatIsDamagedIsNoObstacle() async throws {
        let old = try TemporaryDirectory()
        let lost = try await LostMember.make { member in
            await member.stop()
            try await Command("cp", [member.database, old.path(of: "db")]).output()
            try await member.start()
            try await member.waitUntilHealthy()
            for number in 0..<10 { try await member.etcdctl(["put", "key/\(number)", "value"]).output() }
        }
        // As if the power had failed before etcd wrote its database.
        try await Command("cp", [old.path(of: "db"), lost.member.database]).output()
        let behind = try await lost.asItIs()
        let report = try #require(try await copy(behind, as: key()).report)
        #expect(report.result == .saved && (10...30).contains(report.missingEntries ?? -1), "\(report)")

        let log = "\(lost.data)/member/wal/\(WALRecord.fileName(sequence: 0, index: 0))"
        var bytes = Array(try Data(contentsOf: URL(filePath: log)))
        for index in 40..<60 { bytes[index] ^= 0xFF }
        try Data(bytes).write(to: URL(filePath: log))
        let damaged = try #require(try await copy(try await lost.asItIs(), as: key()).report)
        #expect(damaged.result == .saved && damaged.missingEntries == nil)
        #expect(damaged.warnings?.first?.contains("cannot be told") == true, "\(damaged)")
    }

    @Test func aDatabaseThatIsDamagedIsNotSaved() async throws {
        let lost = try await LostMember.make { member in
            for number in 0..<50 {
                try await member.etcdctl(["put", "key/\(number)"], input: String(repeating: "v", count: 1000)).output()
            }
        }
        var bytes = Array(try Data(contentsOf: URL(filePath: lost.member.database)))
        for page in stride(from: 2, to: bytes.count / 4096, by: 2) {
            for offset in 0..<4096 { bytes[page * 4096 + offset] = 0 }
        }
        try Data(bytes).write(to: URL(filePath: lost.member.database))
        let key = key()
        let ended = try await copy(try await lost.asItIs(), as: key)
        #expect(ended.status == 1)
        #expect(ended.report?.reason == .snapshotCorrupt, "\(ended.message)")
        #expect(try await object(key) == nil)
    }

    @Test func nothingIsReadFromUnderAnEtcdThatRuns() async throws {
        let member = try EtcdMember(.newest, name: "orders-0")
        let place = try SnapshotInStore.place(.s3)
        let key = key()
        try await EtcdCluster.run([member]) { _ in
            var run = AgentRun(
                RestoreOrder(
                    restore: .init(namespace: "prod", name: "lost", uid: "u-1", generation: 1),
                    destination: place.destination, key: key, timeout: "60s",
                    recovery: RecoveryOrder(savesDatabase: true)), for: member)
            run.environment = place.environment
            let ended = try await run.run()
            #expect(ended.status == 1)
            #expect(ended.report?.reason == .memberRuns, "\(ended.message)")
        }
        #expect(try await object(key) == nil)
    }
}
