import TestSupport
import Testing

/// The test support itself: what the other suites rest on.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct EtcdClusterTests {
    @Test(arguments: EtcdRelease.all)
    func aMemberKeepsItsDataThroughAKill(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await cluster.etcdctl("put", "a", "1")
            await cluster.members[0].kill()
            #expect(!cluster.members[0].isRunning)
            try await cluster.members[0].start()
            try await cluster.members[0].waitUntilHealthy()
            #expect(try await cluster.etcdctl("get", "a", "--print-value-only") == "1\n")
        }
    }

    @Test(arguments: EtcdRelease.all)
    func threeMembersWithTLSAndAuthentication(_ release: EtcdRelease) async throws {
        let options = EtcdOptions(tls: try await EtcdCertificates(), rootPassword: "secret")
        try await EtcdCluster.run(release, members: 3, options: options) { cluster in
            try await cluster.etcdctl("put", "a", "1")
            #expect(try await cluster.etcdctl("member", "list").split(separator: "\n").count == 3)
        }
    }
}
