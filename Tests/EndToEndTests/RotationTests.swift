import FoundationEssentials
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// Certificates that live for seconds, two replicas that share them, and an API server that calls all the while.
    @Suite struct Rotation {
        @Test func `CA and certificate rotate under load and no admission call fails`() async throws {
            let lifetimes = [
                "--ca-lifetime", "60s", "--certificate-lifetime", "30s", "--certificate-settle", "3s",
            ]
            try await InstalledWebhook.install(in: try TestCluster.current, lifetimes) { installed in
                let kubectl = Kubectl(installed.cluster)
                try await InstalledWebhook.replica(
                    kubectl, installed.kubeconfig, lifetimes, answering: [.validating]
                ) { _ in
                    try await InstalledWebhook.$shared.withValue(installed) {
                        try await Kubectl.withPreparedNamespace { try await rotate($0) }
                    }
                }
            }
        }

        private func rotate(_ kubectl: Kubectl) async throws {
            let first = try await authorities(kubectl)
            let isOver = Mutex(false)
            async let load = callAgainAndAgain(kubectl) { isOver.withLock { $0 } }
            var seen = first
            // Until the CA that we began with has been replaced and dropped.
            try await eventually("bundle without the first CA", within: .seconds(240)) {
                let now = try await authorities(kubectl)
                seen.formUnion(now)
                return now.isDisjoint(with: first) ? true : nil
            }
            isOver.withLock { $0 = true }
            let calls = try await load
            #expect(calls.failures == [])
            #expect(calls.count > 50)
            #expect(seen.count > 1)
        }

        /// Server-side dry runs, one after another in two lanes, until it is over.
        private func callAgainAndAgain(
            _ kubectl: Kubectl, until isOver: @escaping @Sendable () -> Bool
        ) async throws -> (count: Int, failures: [String]) {
            try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
                for lane in 0..<2 {
                    group.addTask {
                        var count = 0
                        var failures: [String] = []
                        while !isOver() {
                            let manifest = kubectl.backup.replacing("nightly", with: "lane-\(lane)-\(count)")
                            let result = try await kubectl.run(
                                "create", "--dry-run=server", "-f", "-", input: manifest)
                            count += 1
                            if !result.succeeded { failures.append(result.errors) }
                        }
                        return (count, failures)
                    }
                }
                return try await group.reduce(into: (count: 0, failures: [String]())) {
                    $0.count += $1.0
                    $0.failures += $1.1
                }
            }
        }

        /// The certificates in the bundle that the API server has.
        private func authorities(_ kubectl: Kubectl) async throws -> Set<String> {
            let bundle = try await kubectl.output(
                "get", "mutatingwebhookconfiguration", "etcdrecover-mutating", "-o",
                "jsonpath={.webhooks[0].clientConfig.caBundle}")
            let pem = String(decoding: try #require(Data(base64Encoded: bundle)), as: UTF8.self)
            return Set(
                pem.split(separator: "-----END CERTIFICATE-----").map { $0.filter { !$0.isWhitespace } }
                    .filter { !$0.isEmpty })
        }
    }
}
