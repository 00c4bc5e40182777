import EtcdRecoverModel
import FoundationEssentials
import TestSupport
import Testing

@testable import Controllers

/// EtcdBackups on a real API server, of real etcds, into real stores.
@Suite(.needsCluster, .needsEtcd, .needsObjectStores, .stores(.s3, .gcs)) struct BackupTests {
    /// What a status of a finished backup has to say of the object and of etcd.
    private func check(
        _ backup: EtcdBackup, in destination: TestDestination, of etcd: TestSupport.EtcdCluster
    ) async throws {
        let status = try #require(backup.status)
        #expect(status.phase == .completed, "\(String(describing: status.conditions))")
        let name = try #require(backup.metadata.name)
        let location = try #require(status.snapshotLocation)
        let scheme = destination.provider == .s3 ? "s3" : "gs"
        let base = "\(scheme)://bucket/\(destination.prefix)/main/\(name)-"
        #expect(location.hasPrefix(base) && location.hasSuffix("Z.db"), "\(location)")
        let key = String(location.dropFirst("\(scheme)://bucket/".count))
        let bytes = try await destination.read(key)
        #expect(status.snapshotSizeBytes == Int64(bytes.count))

        let files = try TemporaryDirectory()
        let file = files.path(of: "snapshot")
        try Data(bytes).write(to: URL(filePath: file))
        struct Judgement: Decodable {
            var revision: Int64
        }
        let json = try await etcd.release.snapshotTool("status", file, "-w", "json")
        let judged = try JSONDecoder().decode(Judgement.self, from: Data(json.utf8))
        let sum = try await Command("sha256sum", [file]).output().prefix(64)
        let snapshot = try #require(status.snapshot)
        #expect(snapshot.revision == judged.revision)
        #expect(snapshot.sha256 == String(sum))
        #expect(snapshot.totalSize == Int64(bytes.count) - 32)
        #expect(snapshot.etcdVersion == etcd.release.version)
        let member = try #require(etcd.members.first { $0.name == snapshot.memberName })
        let hash = try await member.etcdctl(["endpoint", "hashkv", "--rev", "\(judged.revision)", "-w", "json"])
            .output()
        #expect(hash.contains("\"hash\":\(snapshot.keyspaceHash ?? -1)"), "\(hash)")
        #expect(snapshot.memberID.flatMap { UInt64($0, radix: 16) } != nil)
        let keys = try await member.etcdctl(["get", "", "--prefix", "--count-only", "-w", "fields"]).output()
        #expect(keys.contains("\"Count\" : \(snapshot.totalKeys ?? -1)"), "\(keys)")
        // Not measured, so not said.
        #expect(snapshot.hash == nil)
        let condition = try #require(status.conditions?["Succeeded"])
        #expect(condition.status == "True" && condition.reason == "SnapshotUploaded")
        #expect(status.observedGeneration == backup.metadata.generation)
        #expect(status.startTime != nil && status.completionTime != nil)
    }

    @Test(arguments: PlacedEtcd.Layout.allCases, [Destination.Provider.s3, .gcs])
    func aBackupOfEveryLayoutEndsCompleted(_ layout: PlacedEtcd.Layout, _ provider: Destination.Provider) async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest, members: layout == .pods ? 3 : 1) { etcd in
            for number in 0..<20 { try await etcd.etcdctl("put", "key-\(number)", "value") }
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main", layout: layout).place(etcd.endpoints)
                let destination = TestDestination(stores: stores, provider: provider, prefix: namespace.prefix)
                if provider == .s3 { try await destination.createSecret(in: namespace) }
                try await RunningController.during(in: namespace) { _ in
                    try await namespace.kubectl.apply(manifest("nightly", to: destination))
                    let backup = try await namespace.endedBackup("nightly")
                    try await check(backup, in: destination, of: etcd)
                    // It follows the status, as long as the controller runs.
                    try await namespace.wait(for: "Event SnapshotUploaded, after all others") {
                        try await namespace.events(about: "nightly").last == "SnapshotUploaded" ? true : nil
                    }
                }
            }
        }
    }

    @Test func aClusterWithTLSAndLoginIsBackedUpWithoutAMemberThatIsDead() async throws {
        let stores = try TestStores.current
        let certificates = try await EtcdCertificates()
        let options = EtcdOptions(tls: certificates, rootPassword: "geheim")
        try await TestSupport.EtcdCluster.run(.newest, members: 3, options: options) { etcd in
            try await etcd.etcdctl("put", "a", "b")
            try await TestNamespace.with { namespace in
                let annotation = ["etcdrecover.operator.etcd.io/auth-secret": "login"]
                try await PlacedEtcd(namespace: namespace, name: "main", annotations: annotation).place(etcd.endpoints)
                try await namespace.kubectl.output(
                    "create", "secret", "generic", "main-client-tls",
                    "--from-file=ca.crt=\(certificates.authority)",
                    "--from-file=tls.crt=\(certificates.certificate(.reader))",
                    "--from-file=tls.key=\(certificates.key(.reader))")
                try await namespace.kubectl.output(
                    "create", "secret", "generic", "login", "--from-literal=username=root",
                    "--from-literal=password=geheim")
                let destination = TestDestination(stores: stores, prefix: namespace.prefix)
                try await destination.createSecret(in: namespace)
                await etcd.members[1].kill()
                try await RunningController.during(in: namespace) { _ in
                    try await namespace.kubectl.apply(manifest("nightly", to: destination))
                    try await check(try await namespace.endedBackup("nightly"), in: destination, of: etcd)
                }
            }
        }
    }

    @Test func whatOnlyAPersonCanMendFailsAtOnceAndSaysWhy() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(etcd.endpoints)
                let good = TestDestination(stores: stores, prefix: namespace.prefix)
                var noBucket = good
                noBucket.bucket = "absent"
                var gcs = good
                gcs.provider = .gcs
                gcs.bucket = "absent-too"
                try await good.createSecret(secret: "geheim", in: namespace)
                let cases: [(String, String, String)] = [
                    ("wrong-key", manifest("wrong-key", to: good), "StoreAccessDenied"),
                    ("no-cluster", manifest("no-cluster", of: "absent", to: gcs), "ClusterNotFound"),
                    ("no-bucket", manifest("no-bucket", to: gcs), "BucketNotFound"),
                    (
                        "no-secret", manifest("no-secret", to: good).replacing("name: store", with: "name: absent"),
                        "CredentialsMissing"
                    ),
                    (
                        "no-sense", manifest("no-sense", to: good, ", snapshotTimeout: 5s"), "InvalidSpec"
                    ),
                ]
                try await RunningController.during(in: namespace) { _ in
                    for (_, manifest, _) in cases { try await namespace.kubectl.apply(manifest) }
                    for (name, _, reason) in cases {
                        let backup = try await namespace.endedBackup(name)
                        let condition = try #require(backup.status?.conditions?["Succeeded"])
                        #expect(backup.status?.phase == .failed, "\(name)")
                        #expect(condition.status == "False" && condition.reason == reason, "\(name): \(condition)")
                        #expect(condition.message?.contains("geheim") != true, "\(condition)")
                        #expect(backup.status?.snapshot == nil && backup.status?.snapshotLocation == nil)
                    }
                }
                #expect(try await good.keys().isEmpty)
            }
        }
    }

    @Test func whatPassesIsTriedAgainUntilItHasPassed() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(etcd.endpoints)
                let destination = TestDestination(stores: stores, provider: .gcs, prefix: namespace.prefix)
                await etcd.members[0].stop()
                try await RunningController.during(in: namespace, { $0.policy.attempts = 50 }) { _ in
                    try await namespace.kubectl.apply(manifest("nightly", to: destination))
                    try await namespace.wait(for: "a failed attempt") {
                        let condition = try await namespace.backup("nightly").status?.conditions?["Succeeded"]
                        return condition?.status == "Unknown" && condition?.reason == "MembersUnreachable" ? true : nil
                    }
                    try await etcd.members[0].start()
                    try await check(try await namespace.endedBackup("nightly"), in: destination, of: etcd)
                }
            }
        }
    }

    @Test func aSnapshotThatDoesNotEndInTimeIsGivenUp() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await etcd.fill(megabytes: 24)
            let relay = try TCPRelay(to: etcd.members[0].clientPort, after: 20 << 20, .hold)
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(["http://127.0.0.1:\(relay.port)"])
                let destination = TestDestination(stores: stores, prefix: namespace.prefix)
                try await destination.createSecret(in: namespace)
                try await RunningController.during(in: namespace) { _ in
                    try await namespace.kubectl.apply(manifest("nightly", to: destination, ", snapshotTimeout: 10s"))
                    let backup = try await namespace.endedBackup("nightly")
                    let condition = try #require(backup.status?.conditions?["Succeeded"])
                    #expect(backup.status?.phase == .failed)
                    #expect(condition.reason == "SnapshotTimeout", "\(condition)")
                }
                #expect(try await destination.keys().isEmpty)
                #expect(try await destination.deadUploads().isEmpty)
            }
        }
    }

    @Test func retentionKeepsTheNewestAndWhatARestoreReads() async throws {
        let stores = try TestStores.current
        try await TestSupport.EtcdCluster.run(.newest) { etcd in
            try await TestNamespace.with { namespace in
                try await PlacedEtcd(namespace: namespace, name: "main").place(etcd.endpoints)
                let destination = TestDestination(stores: stores, provider: .gcs, prefix: namespace.prefix)
                try await RunningController.during(in: namespace) { _ in
                    var locations: [String] = []
                    for number in 1...4 {
                        let more = ", retention: {retainCount: 2}"
                        try await namespace.kubectl.apply(manifest("b\(number)", to: destination, more))
                        let backup = try await namespace.endedBackup("b\(number)")
                        locations.append(
                            String((backup.status?.snapshotLocation ?? "").dropFirst("gs://bucket/".count)))
                        if number == 1 {
                            try await namespace.kubectl.apply(
                                """
                                apiVersion: operator.etcd.io/v1alpha1
                                kind: EtcdRestore
                                metadata: {name: r}
                                spec: {source: {backupRef: {name: b1}}, target: {name: other}}
                                """)
                        }
                        // Times in keys and records are whole seconds.
                        try await Task.sleep(for: .milliseconds(1100))
                    }
                    #expect(try await destination.keys() == [locations[0], locations[2], locations[3]].sorted())
                    try await namespace.wait(for: "Event SnapshotsPruned") {
                        try await namespace.events(about: "b4").contains("SnapshotsPruned") ? true : nil
                    }
                }
            }
        }
    }
}
