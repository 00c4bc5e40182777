import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Agent

/// Each failure by its name, within its bound, and with nothing left behind.
@Suite(
    .serialized, .needsEtcd, .needsObjectStores,
    .enabled(
        if: access(AgentRun.program, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .stores(.s3), .timeLimit(.minutes(5)))
struct FailureTests {
    private typealias Reason = AgentReport.Reason

    private func check(
        _ expected: AgentReport.Reason, _ text: String, _ run: AgentRun, within limit: Duration = .seconds(20)
    ) async throws {
        let start = ContinuousClock.now
        let ended = try await run.run()
        #expect(ended.status == 1)
        #expect(ended.report?.result == .failed)
        #expect(ended.report?.reason == expected, "\(ended.message)")
        #expect(ended.report?.message.contains(text) == true, "\(ended.message)")
        #expect(.now - start < limit)
        let data = run.command.first { $0.hasPrefix("--data-dir=") }.map { String($0.dropFirst(11)) }
        if let data { #expect((try? FileManager.default.contentsOfDirectory(atPath: data)) ?? [] == []) }
        for secret in run.environment.values { #expect(!(ended.message + ended.log).contains(secret)) }
    }

    @Test func whatTheStoreSays() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        let good = try await SnapshotInStore.put(world.snapshot, revision: world.revision).run(for: member)

        var run = good
        run.order.key = "etcd/orders/missing.db"
        try await check(.snapshotNotFound, "s3://bucket/etcd/orders/missing.db", run)

        run = good
        run.order.destination.s3?.bucket = "nowhere"
        try await check(.snapshotNotFound, "s3://nowhere/", run)

        run = good
        run.environment["ETCDRECOVER_S3_SECRET_ACCESS_KEY"] = "wrong-wrong-wrong"
        try await check(.storeAccessDenied, "credentials may not", run)

        run = good
        run.environment = [:]
        try await check(.storeAccessDenied, "lacks accessKeyID", run)

        run = good
        run.order.destination.s3?.endpoint = "http://127.0.0.1:\(try freePort())"
        run.order.timeout = "4s"
        try await check(.storeUnreachable, "given up after 4s", run, within: .seconds(15))

        run = good
        run.order.sha256 = String(repeating: "0", count: 64)
        try await check(.snapshotChanged, "expected was 0000", run)

        run = good
        run.order.revision = world.revision + 1
        try await check(.snapshotChanged, "expected was \(world.revision + 1)", run)
    }

    @Test(arguments: ["middle", "end", "begin", "short", "text"])
    func damageIsFound(_ place: String) async throws {
        let world = try await World.make()
        var bytes = Array(try Data(contentsOf: URL(filePath: world.snapshot)))
        switch place {
        case "middle": bytes[bytes.count / 2] ^= 1
        case "end": bytes[bytes.count - 1] ^= 1
        case "begin": bytes[16] ^= 0xFF
        case "short": bytes.removeLast(4096)
        default: bytes = Array("<html>Not Found</html>\n".utf8)
        }
        let damaged = world.folder.path(of: "damaged.db")
        try Data(bytes).write(to: URL(filePath: damaged))
        let member = try EtcdMember(.newest, name: "orders-0")
        // Damaged before it was put: the store's digest fits.
        try await check(
            .snapshotCorrupt, "s3://bucket/etcd/orders/",
            SnapshotInStore.put(damaged, recorded: false).run(for: member))
    }

    @Test func whatThePodSays() async throws {
        let world = try await World.make()
        let member = try EtcdMember(.newest, name: "orders-0")
        let good = try await SnapshotInStore.put(world.snapshot).run(for: member)

        var run = good
        run.command.append("--config-file=/etc/etcd.yaml")
        try await check(.unsupportedMember, "/etc/etcd.yaml", run)

        run = good
        run.order.mountPaths = ["/somewhere/else"]
        try await check(.unsupportedMember, "which is on no volume", run)

        run = good
        run.command.append("--initial-advertise-peer-urls=nonsense")
        try await check(.unsupportedMember, "nonsense", run)

        run = good
        run.pod = "orders"
        try await check(.invalidOrder, AgentVariable.podName, run)

        run = good
        run.order.expires = Int64(Date().timeIntervalSince1970) - 1
        try await check(.restoreOver, "prod/back is over", run)

        run = good
        run.order.timeout = "soon"
        try await check(.invalidOrder, "soon", run)

        run = good
        run.order.key = "../up"
        try await check(.invalidOrder, "../up", run)
    }
}
