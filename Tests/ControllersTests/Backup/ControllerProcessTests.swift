import EtcdRecoverModel
import FoundationEssentials
import Glibc
import KubernetesClient
import ObjectStore
import TestSupport
import Testing

@testable import Controllers

/// The program itself, which can be killed.
@Suite(.needsCluster, .needsEtcd, .needsObjectStores, .stores(.s3)) struct ControllerProcessTests {
    private func command(_ account: ControllerAccount, _ more: [String] = []) throws -> (command: Command, port: Int) {
        let port = try freePort()
        let arguments = [
            "controller", "--kubeconfig", account.kubeconfig, "--lease-name", account.lease, "--watch-namespace",
            account.namespace, "--health-listen", "127.0.0.1:\(port)", "--allow-local-endpoints",
        ]
        return (Command("\(TestEnvironment.programs)/etcdrecover", arguments + more), port)
    }

    @Test func killedAtAnyMomentItGoesOnWhereItWas() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await etcd.fill(megabytes: 12)
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(etcd.endpoints)
                let destination = TestDestination(stores: stores, prefix: namespace.prefix)
                try await destination.createSecret(in: namespace)
                try await ControllerAccount.with(namespace) { account in
                    for round in 0..<10 {
                        let name = "b\(round)"
                        try await namespace.kubectl.apply(manifest(name, to: destination))
                        // From the program's own start to well behind the last byte.
                        let moment = Duration.milliseconds(100 + 150 * round + .random(in: 0..<150))
                        _ = try await Service.run(
                            command(account, ["--no-leader-elect"]).command
                        ) { service in
                            try await Task.sleep(for: moment)
                            service.signal(SIGKILL)
                        }
                        _ = try await Service.run(
                            command(account, ["--no-leader-elect"]).command
                        ) { service in
                            let backup = try await namespace.endedBackup(name)
                            #expect(
                                backup.status?.phase == .completed, "\(moment): \(String(describing: backup.status))")
                            let location = try #require(backup.status?.snapshotLocation)
                            let object = try await destination.object(String(location.dropFirst("s3://bucket/".count)))
                            #expect(object.size == backup.status?.snapshotSizeBytes)
                            #expect(object.metadata?.sha256 == backup.status?.snapshot?.sha256)
                        }
                    }
                }
                // One for each, none twice; of the uploads that died nothing is left.
                let keys = try await destination.keys().filter { $0.hasSuffix(".db") }
                #expect(keys.count == 10, "\(keys)")
                #expect(try await destination.deadUploads().isEmpty)
            }
        }
    }

    @Test func askedToStopItEndsItsUploadAndGivesTheLeaseBack() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await etcd.fill(megabytes: 24)
            let relay = try TCPRelay(to: etcd.members[0].clientPort, after: 20 << 20, .hold)
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(["http://127.0.0.1:\(relay.port)"])
                let destination = TestDestination(stores: stores, prefix: namespace.prefix)
                try await destination.createSecret(in: namespace)
                try await ControllerAccount.with(namespace) { account in
                    let (command, port) = try command(account)
                    let end = try await Service.run(command) { service in
                        try await namespace.kubectl.apply(manifest("nightly", to: destination))
                        try await service.wait(for: "an upload that stands still") {
                            let phase = try await namespace.backup("nightly").status?.phase
                            return relay.hasEnded && phase == .uploading
                        }
                        let metrics = try await eventually("answer with metrics") {
                            let answer = try await Command("curl", ["-sf", "http://127.0.0.1:\(port)/metrics"]).run()
                            return answer.succeeded ? answer.output : nil
                        }
                        #expect(
                            metrics.contains(
                                "etcdrecover_backups_total{result=\"Completed\",reason=\"SnapshotUploaded\"} 0"))
                        #expect(
                            metrics.contains("etcdrecover_backups_total{result=\"Failed\",reason=\"BucketNotFound\"} 0")
                        )
                        service.signal(SIGTERM)
                        try await namespace.wait(for: "the program's end") {
                            service.isRunning ? nil : true
                        }
                        #expect(service.log.contains("credentials used"), "\(service.log)")
                        #expect(!service.log.contains(stores.all.secret))
                    }
                    #expect(end.status == 0)
                    #expect(try await destination.keys().isEmpty)
                    #expect(try await destination.deadUploads().isEmpty)
                    let lease: Lease = try await namespace.client.get(name: account.lease)
                    #expect(lease.spec?.holderIdentity == "")
                    // Its successor does the whole again.
                    try await PlacedEtcd(namespace: namespace, name: "main").readdress(etcd.endpoints)
                    _ = try await Service.run(try self.command(account).command) { _ in
                        let backup = try await namespace.endedBackup("nightly")
                        #expect(backup.status?.phase == .completed, "\(String(describing: backup.status))")
                    }
                }
            }
        }
    }
}

extension PlacedEtcd {
    /// Pods are immutable: others take the place of those that are there.
    func readdress(_ urls: [String]) async throws {
        for ordinal in urls.indices {
            try await namespace.kubectl.output("delete", "pod", "\(name)-\(ordinal)", "--force", "--grace-period=0")
        }
        try await place(urls)
    }
}
