import EtcdRecoverModel
import TestSupport
import Testing

extension InPods {
    /// An etcd that no operator runs, of three members over TLS with client certificates.
    @Suite struct StatefulSets {
        @Test func `an etcd in a StatefulSet over TLS is backed up, and restored in both layouts`() async throws {
            let installed = try InstalledPods.current
            try await Kubectl.withNamespace(on: installed.cluster) { kubectl in
                let etcd = try await EtcdInPods.start(kubectl, release: .newest)
                let keys = try await KnownKeys.fill { try await etcd.etcdctl($0, input: $1) }
                try await kubectl.storeKey(TestStores.current.all)
                let place = BackupPlace.s3(installed.s3Endpoint, prefix: kubectl.namespace ?? "")
                try await kubectl.apply(place.backup("nightly", of: "etcd"))
                let backup = try await kubectl.ended("nightly", as: EtcdBackup.self, expecting: .completed)
                let snapshot = try #require(backup.status?.snapshot)
                #expect(snapshot.etcdVersion == EtcdRelease.newest.version)
                #expect(snapshot.memberName?.hasPrefix("etcd-") == true)
                #expect(snapshot.keyspaceHash != nil)
                // It follows the status that `ended` waits for.
                try await eventually("Event SnapshotUploaded") {
                    let reasons = try await kubectl.output("get", "events", "-o", "jsonpath={.items[*].reason}")
                    return reasons.contains("SnapshotUploaded") ? true : nil
                }
                try await etcd.etcdctl("put", "written/later", "1")

                for layout in OperatorStandIn.Layout.allCases { try await restore(keys, kubectl, layout) }
            }
        }

        private func restore(_ keys: KnownKeys, _ kubectl: Kubectl, _ layout: OperatorStandIn.Layout) async throws {
            try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                let target = "new-\(layout.rawValue)"
                try await kubectl.apply(
                    """
                    apiVersion: operator.etcd.io/v1alpha1
                    kind: EtcdRestore
                    metadata: {name: \(target)}
                    spec:
                      source: {backupRef: {name: nightly}}
                      target: {name: \(target), version: \(standIn.version)}
                    """)
                let restore = try await kubectl.ended(target, as: EtcdRestore.self, expecting: .completed)
                #expect(restore.status?.verification?.matches == true)
                let found = try await KnownKeys.read { try await standIn.etcdctl(target, 0, $0, input: $1) }
                #expect(keys.differences(from: found) == [])
                try await kubectl.output("delete", "etcdcluster", target)
            }
        }
    }
}
