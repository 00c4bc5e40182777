import EtcdRecoverModel
import KubernetesClient
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Controllers

/// Several that would lead, on a real Lease.
@Suite(.needsCluster) struct LeaderElectionTests {
    private func candidate(_ identity: String, _ namespace: TestNamespace) -> LeaderElection {
        LeaderElection(
            namespace.client, namespace: namespace.name, name: "lead", identity: identity,
            timing: LeaseTiming(duration: .seconds(30), renewal: .seconds(20), retry: .milliseconds(200)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private final class Leaders: Sendable {
        private let state = Mutex((now: 0, most: 0, all: [String]()))

        func begin(_ identity: String) {
            state.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
                $0.all.append(identity)
            }
        }

        func end() { state.withLock { $0.now -= 1 } }
        var most: Int { state.withLock { $0.most } }
        var all: [String] { state.withLock { $0.all } }
    }

    @Test func oneLeadsAtATimeAndTheNextFollowsAtOnce() async throws {
        try await TestNamespace.with { namespace in
            let leaders = Leaders()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for identity in ["a", "b", "c"] {
                    let candidate = candidate(identity, namespace)
                    group.addTask {
                        try await candidate.run {
                            leaders.begin(identity)
                            // Longer than the others take to look.
                            try await Task.sleep(for: .milliseconds(600))
                            leaders.end()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(leaders.most == 1)
            #expect(leaders.all.sorted() == ["a", "b", "c"])
            let lease: Lease = try await namespace.client.get(name: "lead")
            #expect(lease.spec?.holderIdentity == "")
            #expect(lease.spec?.leaseTransitions == 2)
        }
    }

    @Test func whoLosesTheLeaseStopsAtOnce() async throws {
        try await TestNamespace.with { namespace in
            let wasCancelled = Mutex(false)
            let wasTold = Mutex(false)
            let failure = await #expect(throws: LeadershipLost.self) {
                try await candidate("a", namespace).run(onLoss: { wasTold.withLock { $0 = true } }) {
                    let theft = ["spec": ["holderIdentity": "thief"]]
                    _ = try await namespace.client.patch(Lease.self, name: "lead", with: .merge(theft))
                    do { try await Task.sleep(for: .seconds(60)) } catch { wasCancelled.withLock { $0 = true } }
                }
            }
            #expect(failure?.reason == "thief holds the lease")
            #expect(wasCancelled.withLock { $0 } && wasTold.withLock { $0 })
            // What is another's is not given away.
            let lease: Lease = try await namespace.client.get(name: "lead")
            #expect(lease.spec?.holderIdentity == "thief")
        }
    }
}
