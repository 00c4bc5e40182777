import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

private let plugin = "\(TestEnvironment.programs)/kubectl-etcdrecover"

/// The plugin's `snapshot restore`, killed at any moment, leaves a whole member or none.
@Suite(
    .needsEtcd,
    .enabled(
        if: access(plugin, X_OK) == 0 || TestEnvironment.requiresEverything,
        "needs kubectl-etcdrecover: build it, or name its directory in ETCDRECOVER_TEST_PROGRAMS"),
    .timeLimit(.minutes(5)))
struct RestoreKillTests {
    @Test(arguments: ["none", "empty", "wal"])
    func aKillAtAnyMomentLeavesAWholeMemberOrNone(_ place: String) async throws {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest) { cluster in
            for number in 0..<60 {
                try await cluster.members[0].etcdctl(
                    ["put", "key\(number)"], input: String(repeating: "v", count: 1_000_000)
                ).output()
            }
            try await cluster.members[0].save(to: snapshot)
        }
        let data = folder.path(of: "data")
        let wal = place == "wal" ? folder.path(of: "wal") : nil
        let start = ContinuousClock.now
        try await restore(snapshot, to: data, wal: wal, killedAfter: nil)
        let whole = ContinuousClock.now - start
        #expect(try check(data, wal) == .whole)
        let rounds = 24
        var whatWasThere: [Found: Int] = [:]
        for round in 0..<rounds {
            for path in [data, wal].compactMap(\.self) { Files.remove(path) }
            if place == "empty" { try Files.makeDirectory(data) }
            // Also just before and just after the end of a whole one.
            try await restore(snapshot, to: data, wal: wal, killedAfter: whole * (round + 1) / (rounds - 2))
            whatWasThere[try check(data, wal), default: 0] += 1
        }
        #expect(whatWasThere[.nothing, default: 0] > 0)
        // What they left is in nobody's way, and goes on request.
        for path in [data, wal].compactMap(\.self) { Files.remove(path) }
        if place == "empty" { try Files.makeDirectory(data) }
        var arguments = ["--remove-leftovers"]
        if let wal { arguments += ["--wal-dir", wal] }
        try await Command(plugin, self.arguments(snapshot, data) + arguments).output(within: .seconds(60))
        #expect(try check(data, wal) == .whole)
        let names = try Files.list(folder.path)?.filter { $0.hasPrefix(".") }
        #expect(names == [])
        #expect(try Files.list(data) == ["member"])
    }

    private enum Found: Hashable {
        case nothing
        /// No etcd starts on it: see `RestorePlaceTests`.
        case barred
        case whole
    }

    /// Fails for anything that an etcd could take for a member and that is not one.
    private func check(_ data: String, _ wal: String?) throws -> Found {
        let log = wal ?? "\(data)/member/wal"
        if let wal, try Files.list(wal)?.contains(Staging.withheldLog) == true { return .barred }
        guard Files.exists("\(data)/member") else {
            #expect(!Files.exists(log))
            #expect(try Files.list(data)?.filter { !$0.hasPrefix(".etcdrecover-") } ?? [] == [])
            return .nothing
        }
        let database = try Database(path: "\(data)/member/snap/db")
        var tree = TreeCheck(database, limit: 10)
        tree.run()
        #expect(tree.findings.errors == 0)
        #expect(try ClusterMetadata(database).consistentIndex == 1)
        #expect(try WALSummary(directory: log).lastEntry?.index == 1)
        return .whole
    }

    private func restore(_ snapshot: String, to data: String, wal: String?, killedAfter limit: Duration?) async throws {
        let command = Command(plugin, arguments(snapshot, data) + (wal.map { ["--wal-dir", $0] } ?? []))
        guard let limit else {
            try await command.output(within: .seconds(60))
            return
        }
        _ = try await Service.run(command) { service in
            let start = ContinuousClock.now
            while service.isRunning, .now - start < limit { try await Task.sleep(for: .milliseconds(1)) }
            service.signal(SIGKILL)
            while service.isRunning { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private func arguments(_ snapshot: String, _ data: String) -> [String] {
        [
            "snapshot", "restore", snapshot, "--data-dir", data, "--name", "m0", "--initial-cluster",
            "m0=http://127.0.0.1:2380",
            "--initial-advertise-peer-urls", "http://127.0.0.1:2380", "--initial-cluster-token", "killed",
        ]
    }
}
