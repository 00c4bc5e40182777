import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent

/// Members that join the restored one.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3), .timeLimit(.minutes(5)))
struct OtherMemberTests {
    @Test(arguments: EtcdRelease.all.filter { $0.isAtLeast("3.5") })
    func theyPassEmptyAndWithTheNewClustersDataAndNotWithTheOldOnes(_ release: EtcdRelease) async throws {
        let world = try await World.make(release)
        let first = try EtcdMember(release, name: "orders-0")
        let second = try EtcdMember(release, name: "orders-1")
        let initial = "--initial-cluster=orders-0=\(first.peerURL),orders-1=\(second.peerURL)"
        let snapshot = try await SnapshotInStore.put(world.snapshot)
        let restored = try await snapshot.run(for: first).run()
        #expect(restored.report?.result == .restored, "\(restored.log)")

        // It needs no credentials, and asks no store.
        var run = AgentRun(snapshot.order, for: second, [initial])
        run.order.destination.s3?.endpoint = "http://127.0.0.1:1"
        let empty = try await run.run()
        #expect(empty.report?.result == .passed, "\(empty.log)")
        #expect(!FileManager.default.fileExists(atPath: second.dataDirectory))

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
            let hash = try await eventually {
                let (one, two) = (try await first.state(), try await second.state())
                return one == two ? one : nil
            }
            #expect(hash.hash == world.hash)
        }
        let before = try await listing(second.dataDirectory)
        let joined = try await run.run()
        #expect(joined.report?.result == .passed, "\(joined.message)")

        var later = run
        later.order.restore.uid = UUID().uuidString.lowercased()
        let stale = try await later.run()
        #expect(stale.status == 1)
        #expect(stale.report?.reason == .staleMemberData)
        #expect(try await listing(second.dataDirectory) == before)

        var blind = run
        blind.command.removeLast()
        #expect(try await blind.run().report?.reason == .staleMemberData)
    }
}

/// Waits until there is a value.
@discardableResult
func eventually<Value: Sendable>(
    within limit: Duration = .seconds(60), _ body: @Sendable () async throws -> Value?
) async throws -> Value {
    let start = ContinuousClock.now
    while true {
        if let value = try? await body() { return value }
        guard .now - start < limit else { throw MissingPart("nothing within \(limit)") }
        try await Task.sleep(for: .milliseconds(100))
    }
}
