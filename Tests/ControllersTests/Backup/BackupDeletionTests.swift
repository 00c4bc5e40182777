import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import ObjectStore
import TestSupport
import Testing

@testable import Controllers

/// What becomes of a snapshot when its EtcdBackup goes, or its controller does.
@Suite(.needsCluster, .needsEtcd, .needsObjectStores, .stores(.s3, .gcs)) struct BackupDeletionTests {
    /// Runs with one member, in the operator's next layout, and a place in S3.
    private func withCluster(
        _ change: (TestStores, inout TestDestination) -> Void = { _, _ in },
        _ body: @Sendable (TestSupport.EtcdCluster, TestNamespace, TestDestination) async throws -> Void
    ) async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(etcd.endpoints)
                var destination = TestDestination(stores: stores, prefix: namespace.prefix)
                change(stores, &destination)
                try await destination.createSecret(in: namespace)
                try await body(etcd, namespace, destination)
            }
        }
    }

    private func completed(_ namespace: TestNamespace, _ destination: TestDestination) async throws -> EtcdBackup {
        try await namespace.kubectl.apply(manifest("nightly", to: destination, ", deletionPolicy: Delete"))
        let backup = try await namespace.endedBackup("nightly")
        try #require(backup.status?.phase == .completed, "\(String(describing: backup.status))")
        #expect(backup.metadata.finalizers == [BackupObservation.finalizer])
        return backup
    }

    private func delete(_ namespace: TestNamespace) async throws {
        try await namespace.kubectl.output("delete", "etcdbackup", "nightly", "--timeout=150s")
    }

    @Test func aSnapshotGoesWithItsObjectWhereThatIsWanted() async throws {
        try await withCluster { _, namespace, destination in
            try await RunningController.during(in: namespace) { _ in
                _ = try await completed(namespace, destination)
                #expect(try await destination.keys().count == 1)
                try await delete(namespace)
                #expect(try await destination.keys().isEmpty)
            }
        }
    }

    @Test func aSnapshotStaysByDefault() async throws {
        try await withCluster { _, namespace, destination in
            try await RunningController.during(in: namespace) { _ in
                try await namespace.kubectl.apply(manifest("nightly", to: destination))
                let backup = try await namespace.endedBackup("nightly")
                #expect(backup.status?.phase == .completed)
                #expect(backup.metadata.finalizers == nil)
                try await delete(namespace)
                #expect(try await destination.keys().count == 1)
            }
        }
    }

    @Test func anObjectGoesThoughItsSecretIsGone() async throws {
        try await withCluster { _, namespace, destination in
            try await RunningController.during(in: namespace) { _ in
                _ = try await completed(namespace, destination)
                try await namespace.kubectl.output("delete", "secret", "store")
                try await delete(namespace)
                #expect(try await destination.keys().count == 1)
                #expect(try await namespace.events(about: "nightly").contains("SnapshotKept"))
            }
        }
    }

    @Test func anObjectGoesThoughItsStoreNeverAnswers() async throws {
        try await withCluster { etcd, namespace, destination in
            // Behind it there is nothing any more once it is let go of.
            var relay: TCPRelay? = try TCPRelay(to: destination.stores.s3Port, after: .max, .cut)
            var behind = destination
            behind.endpoint = "http://127.0.0.1:\(relay?.port ?? 0)"
            let far = behind
            try await RunningController.during(in: namespace) { _ in
                _ = try await completed(namespace, far)
            }
            relay = nil
            try await RunningController.during(in: namespace, { $0.policy.removalPatience = .seconds(2) }) { _ in
                try await delete(namespace)
            }
            #expect(try await destination.keys().count == 1)
            #expect(try await namespace.events(about: "nightly").contains("SnapshotKept"))
        }
    }

    @Test func aBackupDeletedWhileItsSnapshotFlowsLeavesNothing() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await etcd.fill(megabytes: 24)
            // Enough for the first parts of an upload, and then nothing more comes.
            let relay = try TCPRelay(to: etcd.members[0].clientPort, after: 20 << 20, .hold)
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(["http://127.0.0.1:\(relay.port)"])
                let destination = TestDestination(stores: stores, prefix: namespace.prefix)
                try await destination.createSecret(in: namespace)
                try await RunningController.during(in: namespace) { controller in
                    try await namespace.kubectl.apply(manifest("nightly", to: destination))
                    try await namespace.wait(for: "an upload that stands still") {
                        let phase = try await namespace.backup("nightly").status?.phase
                        return relay.hasEnded && phase == .uploading ? true : nil
                    }
                    try await delete(namespace)
                    let name = ObjectName(namespace: namespace.name, name: "nightly")
                    try await namespace.wait(for: "the end of the transfer") {
                        controller.transfers[name] == nil ? true : nil
                    }
                }
                #expect(try await destination.keys().isEmpty)
                #expect(try await destination.deadUploads().isEmpty)
            }
        }
    }

    /// As after a crash between the last byte and the status.
    @Test func aSnapshotThatIsThereIsNotTakenAgain() async throws {
        try await withCluster { etcd, namespace, destination in
            try await RunningController.during(in: namespace) { _ in
                try await namespace.kubectl.apply(manifest("nightly", to: destination))
                _ = try await namespace.endedBackup("nightly")
            }
            let before = try await namespace.backup("nightly")
            let key = try #require(try await destination.keys().first)
            let object = try await destination.object(key)
            try await etcd.etcdctl("put", "later", "value")
            try await forget(namespace)
            try await RunningController.during(in: namespace) { _ in
                let after = try await namespace.endedBackup("nightly")
                #expect(after.status?.snapshotLocation == before.status?.snapshotLocation)
                #expect(after.status?.snapshot?.sha256 == before.status?.snapshot?.sha256)
                #expect(after.status?.snapshot?.revision == before.status?.snapshot?.revision)
                #expect(after.status?.snapshot?.keyspaceHash == before.status?.snapshot?.keyspaceHash)
                #expect(after.status?.snapshotSizeBytes == before.status?.snapshotSizeBytes)
            }
            #expect(try await destination.keys() == [key])
            #expect(try await destination.object(key) == object)
        }
    }

    private func forget(_ namespace: TestNamespace) async throws {
        struct Forgotten: Encodable, Sendable {
            struct Status: Encodable, Sendable {
                var phase = "Uploading"
                var conditions: [Condition] = []
            }
            var status = Status()
        }
        _ = try await namespace.client.patch(
            EtcdBackup.self, name: "nightly", subresource: "status", with: .merge(Forgotten()))
    }
}

extension TestSupport.EtcdCluster {
    /// With keys of 1 MB each.
    func fill(megabytes: Int) async throws {
        let value = String(repeating: "x", count: 1 << 20)
        for number in 0..<megabytes {
            guard let member = members.first else { return }
            try await member.etcdctl(["put", "large-\(number)"], input: value).output()
        }
    }
}

extension TestDestination {
    /// Uploads that were begun and neither completed nor ended; ends them.
    func deadUploads() async throws -> [SweptUpload] {
        let http = try HTTPClient(.init(proxy: .none))
        let swept = try await store(http).sweep(KeyPrefix(prefix), olderThan: .seconds(-60))
        await http.shutdown()
        return swept
    }

    func object(_ key: String) async throws -> StoredObject {
        let http = try HTTPClient(.init(proxy: .none))
        let object = try await store(http).head(ObjectKey(key))
        await http.shutdown()
        return object
    }
}
