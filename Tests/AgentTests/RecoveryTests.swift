import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent
@testable import SnapshotFile

/// Members that have data, in a cluster that is rebuilt from a rescue copy: what they have stays, out of the way.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3), .timeLimit(.minutes(10)))
struct RecoveryTests {
    @Test(arguments: EtcdRelease.all, [false, true])
    func theRescueCopyComesAndTheOldMemberStaysWhole(_ release: EtcdRelease, _ hasLogOfItsOwn: Bool) async throws {
        let world = try await World.make(release)
        let lost = try await LostMember.make(release, hasLogOfItsOwn: hasLogOfItsOwn)
        let snapshot = try await SnapshotInStore.put(world.snapshot, revision: world.revision)
        let run = lost.run(snapshot)
        let place = "\(lost.aside)/\(run.order.restore.uid)-1"
        let before = try await listing("\(lost.data)/member")
        let ended = try await run.run()
        #expect(ended.status == 0, "\(ended.log)")
        let report = try #require(ended.report)
        #expect(report.result == .restored, "\(report.message)")
        #expect(report.member?.revision == world.revision)
        let moved = try #require(report.movedAside)
        #expect(moved == ["\(place)/member"] + (hasLogOfItsOwn ? ["\(place)/wal"] : []))
        // Moved, and not copied.
        #expect(try await listing(moved[0]) == before)
        #expect(
            try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: lost.data).sorted() == [
                ".etcdrecover-aside", "member",
            ])

        let again = try await run.run()
        #expect(again.report?.result == .alreadyRestored)
        #expect(again.report?.movedAside == moved)
        try await EtcdCluster.run([lost.member]) { cluster in
            #expect(try await lost.member.state() == MemberState(revision: world.revision, hash: world.hash))
            let old = try await cluster.etcdctl("get", "old")
            #expect(old.isEmpty)
            try await cluster.etcdctl("put", "after", "the recovery")
        }
        #expect(try await lost.oldValue(in: moved) == "life\n")

        // The cluster takes writes since: what was laid is taken as it is, and is not laid where it is gone.
        var rebuilt = run
        rebuilt.order.recovery?.isRebuilt = true
        #expect(try await rebuilt.run().report?.result == .alreadyRestored)
        var emptied = rebuilt
        emptied.order.restore.uid = "of-a-volume-that-is-new"
        #expect(try await emptied.run().report?.reason == .restoreOver)

        // Another attempt lays anew, as another cluster, and keeps what the first one made as well.
        var second = run
        second.order.restore.generation = 2
        let later = try await second.run()
        #expect(later.report?.result == .restored, "\(later.message)")
        #expect(later.report?.movedAside?.count == 2 * moved.count)
        #expect(later.report?.movedAside?.suffix(moved.count) == moved[...])
        #expect(later.report?.member?.clusterID != report.member?.clusterID)
        #expect(
            try await LostMember.Content(member: moved[0], wal: hasLogOfItsOwn ? moved[1] : nil) == lost.content)
    }

    @Test func aLaterMemberJoinsWithoutWhatItHad() async throws {
        let world = try await World.make()
        let (first, second) = (try EtcdMember(.newest, name: "orders-0"), try EtcdMember(.newest, name: "orders-1"))
        let initial = "--initial-cluster=orders-0=\(first.peerURL),orders-1=\(second.peerURL)"
        _ = try await EtcdCluster.run([first, second]) { cluster in try await cluster.etcdctl("put", "old", "life") }
        let snapshot = try await SnapshotInStore.put(world.snapshot)
        var laying = snapshot.run(for: first)
        laying.order.recovery = RecoveryOrder()
        #expect(try await laying.run().report?.result == .restored)

        var run = AgentRun(laying.order, for: second, [initial])
        run.order.destination = Destination()
        let content = try await LostMember.Content(member: "\(second.dataDirectory)/member", wal: nil)
        for change in ["blind", "over", "torn"] {
            var refused = run
            let hidden = ["wal/\(WALRecord.fileName(sequence: 0, index: 0))", "snap/db"].map {
                ("\(second.dataDirectory)/member/\($0)", "\(first.dataDirectory)/\($0.suffix(2))")
            }
            switch change {
            case "blind": refused.command.removeLast()
            case "over": refused.order.expires = 1
            default: for (path, place) in hidden { try await Command("mv", [path, place]).output() }
            }
            let ended = try await refused.run()
            #expect(ended.report?.reason == .staleMemberData, "\(change): \(ended.message)")
            if change == "torn" { for (path, place) in hidden { try await Command("mv", [place, path]).output() } }
            #expect(try FileManager.default.contentsOfDirectory(atPath: second.dataDirectory) == ["member"])
            #expect(
                try await LostMember.Content(member: "\(second.dataDirectory)/member", wal: nil) == content, "\(change)"
            )
        }

        let passed = try await run.run()
        let moved = ["\(second.dataDirectory)/.etcdrecover-aside/\(run.order.restore.uid)-1/member"]
        #expect(passed.report?.result == .passed, "\(passed.message)")
        #expect(passed.report?.movedAside == moved)
        #expect(passed.report?.message.contains(moved[0]) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: second.dataDirectory) == [".etcdrecover-aside"])
        #expect(try await LostMember.Content(member: moved[0], wal: nil) == content)

        try await EtcdCluster.run([first]) { cluster in
            try await cluster.etcdctl("member", "add", "orders-1", "--learner", "--peer-urls=\(second.peerURL)")
            try await cluster.join(second)
            let id = try await eventually {
                try await cluster.etcdctl("member", "list").split(separator: "\n")
                    .first { $0.contains("orders-1") && $0.contains("started") }?.prefix { $0 != "," }
            }
            try await eventually {
                try await first.etcdctl(["member", "promote", String(id)]).run().succeeded ? true : nil
            }
            let state = try await eventually {
                let (one, two) = (try await first.state(), try await second.state())
                return one == two ? one : nil
            }
            #expect(state.hash == world.hash)
        }
        let joined = try await listing("\(second.dataDirectory)/member")
        var later = run
        later.order.expires = 1
        let again = try await later.run()
        #expect(again.report?.result == .passed, "its data are of the recovered cluster: \(again.message)")
        #expect(again.report?.movedAside == moved)
        #expect(try await listing("\(second.dataDirectory)/member") == joined)
        // What the first attempt's cluster made is no member of the second's.
        var another = run
        another.order.restore.generation = 2
        #expect(try await another.run().report?.movedAside?.count == 2)
    }

    /// Its log does not say whose data they are, as that of a member whose etcd does not start any more; its database does.
    @Test func aLaterMemberWithADamagedLogIsKnownByItsDatabase() async throws {
        let world = try await World.make()
        let (first, second) = (try EtcdMember(.newest, name: "orders-0"), try EtcdMember(.newest, name: "orders-1"))
        _ = try await EtcdCluster.run([first, second]) { cluster in try await cluster.etcdctl("put", "old", "life") }
        var laying = try await SnapshotInStore.put(world.snapshot).run(for: first)
        laying.order.recovery = RecoveryOrder()
        #expect(try await laying.run().report?.result == .restored)
        var run = AgentRun(
            laying.order, for: second, ["--initial-cluster=orders-0=\(first.peerURL),orders-1=\(second.peerURL)"])
        run.order.destination = Destination()
        func damageLog() throws {
            let log = "\(second.dataDirectory)/member/wal/\(WALRecord.fileName(sequence: 0, index: 0))"
            var bytes = Array(try Data(contentsOf: URL(filePath: log)))
            for index in 40..<60 { bytes[index] ^= 0xFF }
            try Data(bytes).write(to: URL(filePath: log))
        }

        try damageLog()
        let passed = try await run.run()
        #expect(passed.report?.result == .passed, "\(passed.message)")
        #expect(passed.report?.movedAside?.count == 1)
        try await EtcdCluster.run([first]) { cluster in
            try await cluster.etcdctl("member", "add", "orders-1", "--learner", "--peer-urls=\(second.peerURL)")
            try await cluster.join(second)
            try await eventually {
                try await cluster.etcdctl("member", "list").contains("started, orders-1") ? true : nil
            }
        }
        // What it has now is of the cluster that was laid, and no second copy of it may begin without its log.
        try damageLog()
        let joined = try await LostMember.Content(member: "\(second.dataDirectory)/member", wal: nil)
        let refused = try await run.run()
        #expect(refused.report?.reason == .staleMemberData, "\(refused.message)")
        #expect(try await LostMember.Content(member: "\(second.dataDirectory)/member", wal: nil) == joined)
    }

    /// As of a pod that was deleted while its etcd made its first files.
    @Test func whatNeverHadALogIsMovedAsideToo() async throws {
        let world = try await World.make()
        let (first, second) = (try EtcdMember(.newest, name: "orders-0"), try EtcdMember(.newest, name: "orders-1"))
        var order = try await SnapshotInStore.put(world.snapshot).run(for: first).order
        order.destination = Destination()
        let begun = "\(second.dataDirectory)/member"
        try await Command("mkdir", ["-p", "\(begun)/snap", "\(begun)/wal.tmp"]).output()
        try await Command("touch", ["\(begun)/snap/db"]).output()

        let run = AgentRun(
            order, for: second, ["--initial-cluster=orders-0=\(first.peerURL),orders-1=\(second.peerURL)"])
        #expect(try await run.run().report?.reason == .staleMemberData, "a restore has no say in it")
        var recovering = run
        recovering.order.recovery = RecoveryOrder()
        let passed = try await recovering.run()
        #expect(passed.report?.result == .passed, "\(passed.message)")
        let moved = "\(second.dataDirectory)/.etcdrecover-aside/\(order.restore.uid)-1/member"
        #expect(passed.report?.movedAside == [moved])
        #expect(try FileManager.default.contentsOfDirectory(atPath: moved).sorted() == ["snap", "wal.tmp"])
        #expect(!FileManager.default.fileExists(atPath: begun))
    }

    @Test(arguments: EtcdRelease.all)
    func membersThatAreLaidTogetherAreOneCluster(_ release: EtcdRelease) async throws {
        let world = try await World.make(release)
        let members = try (0..<3).map { try EtcdMember(release, name: "orders-\($0)") }
        _ = try await EtcdCluster.run(members) { cluster in try await cluster.etcdctl("put", "old", "life") }
        let initial = "--initial-cluster=" + members.map { "\($0.name)=\($0.peerURL)" }.joined(separator: ",")
        let snapshot = try await SnapshotInStore.put(world.snapshot, revision: world.revision)
        var clusters: Set<String> = []
        for member in members {
            var run = snapshot.run(for: member, [initial])
            run.order.recovery = RecoveryOrder(laysAllMembers: true)
            var alone = run
            alone.command.removeLast()
            let refused = try await alone.run()
            #expect(refused.report?.reason == .unsupportedMember)
            #expect(refused.report?.message.contains(member.name) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: member.dataDirectory) == ["member"])
            let ended = try await run.run()
            #expect(ended.report?.result == .restored, "\(ended.log)")
            #expect(ended.report?.movedAside?.count == 1)
            clusters.formUnion([ended.report?.member?.clusterID ?? "none"])
        }
        #expect(clusters.count == 1)
        try await EtcdCluster.run(members) { cluster in
            for member in members {
                let state = try await eventually {
                    let state = try await member.state()
                    return state.revision == world.revision ? state : nil
                }
                #expect(state.hash == world.hash)
            }
            let ids = try await cluster.etcdctl("member", "list").split(separator: "\n")
            #expect(ids.count == 3)
            try await cluster.etcdctl("put", "after", "the recovery")
        }
    }

    @Test func whatFailsLeavesTheOldMemberInItsPlace() async throws {
        let world = try await World.make()
        let lost = try await LostMember.make()
        var bytes = Array(try Data(contentsOf: URL(filePath: world.snapshot)))
        bytes[bytes.count / 2] ^= 1
        let damaged = world.folder.path(of: "damaged.db")
        try Data(bytes).write(to: URL(filePath: damaged))
        let before = try await listing(lost.data)
        let bad = lost.run(try await SnapshotInStore.put(damaged, recorded: false))
        #expect(try await bad.run().report?.reason == .snapshotCorrupt)
        let good = lost.run(try await SnapshotInStore.put(world.snapshot))
        var over = good
        over.order.expires = 1
        let late = try await over.run()
        #expect(late.report?.reason == .restoreOver)
        #expect(late.report?.message.hasPrefix("EtcdRecovery prod/lost is over") == true, "\(late.message)")
        var missing = good
        missing.order.key = "etcd/orders/missing.db"
        #expect(try await missing.run().report?.reason == .snapshotNotFound)
        // Something in the way of the last step but one.
        let place = "\(lost.aside)/\(good.order.restore.uid)-1"
        try await Command("mkdir", [lost.aside]).output()
        try Data("x".utf8).write(to: URL(filePath: place))
        #expect(try await good.run().report?.result == .failed)
        try await Command("rm", ["-r", lost.aside]).output()
        let after = try await listing(lost.data)
        #expect(after.split(separator: "\n").dropFirst() == before.split(separator: "\n").dropFirst())
        #expect(try await LostMember.Content(member: "\(lost.data)/member", wal: nil) == lost.content)
    }

    /// A restore has no business with it, and does not take it for what a killed one has left.
    @Test func whatWasMovedAsideOutlivesARestore() async throws {
        let world = try await World.make()
        let lost = try await LostMember.make()
        let snapshot = try await SnapshotInStore.put(world.snapshot)
        let moved = try #require(try await lost.run(snapshot).run().report?.movedAside)
        try await Command("rm", ["-r", "\(lost.data)/member"]).output()
        let ended = try await snapshot.run(for: lost.member).run()
        #expect(ended.report?.reason == .dataDirectoryNotEmpty, "\(ended.message)")
        #expect(try await LostMember.Content(member: moved[0], wal: nil) == lost.content)
    }
}
