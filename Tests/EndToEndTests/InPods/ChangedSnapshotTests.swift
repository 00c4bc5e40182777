import EtcdRecoverModel
import TestSupport
import Testing

extension InPods {
    /// What was proved is gone, another or closed by the time the agent comes for it: the operator was away meanwhile.
    @Suite struct ChangedSnapshots {
        private static let reasons = [
            "replaced": "SnapshotChanged", "rotten": "SnapshotCorrupt", "missing": "SnapshotNotFound",
            "locked": "StoreAccessDenied",
        ]
        /// What nothing happens to, and that goes into an EtcdCluster which is there already.
        private static let untouched = "untouched"

        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `what changes behind the controller's back fails in the member's pod`(
            _ layout: OperatorStandIn.Layout
        ) async throws {
            try await Kubectl.withNamespace(on: try TestCluster.current) { kubectl in
                let source = try await OperatorStandIn.run(layout: layout, in: kubectl) { standIn in
                    try await SourceCluster.start(kubectl, standIn)
                }
                let names = Self.reasons.keys + [Self.untouched]
                var backups: [String: EtcdBackup] = [:]
                for name in names { backups[name] = try await backUp(name, source) }
                try await kubectl.apply(shell(source.standIn.version))
                for name in names { try await source.restore(name, into: name) }
                for name in names { try await waitUntilProved(name, kubectl) }
                try await change(backups, source)

                try await OperatorStandIn.run(layout: layout, in: kubectl) { _ in
                    for (name, reason) in Self.reasons {
                        let restore = try await kubectl.ended(name, as: EtcdRestore.self, expecting: .failed)
                        #expect(restore.succeeded?.reason == reason, "\(restore.succeeded?.message ?? "")")
                        try await source.expectNeverBooted(name, wasMade: true)
                    }
                    try await expectFilled(source)
                }
            }
        }

        private func backUp(_ name: String, _ source: SourceCluster) async throws -> EtcdBackup {
            try await source.kubectl.storeKey(TestStores.current.all, in: name)
            return try await source.backUp(as: name, to: source.place(.s3, secret: name))
        }

        private func shell(_ version: String) -> String {
            """
            apiVersion: operator.etcd.io/v1alpha1
            kind: EtcdCluster
            metadata: {name: \(Self.untouched)}
            spec: {size: 1, version: \(version), etcdOptions: [--unsafe-no-fsync]}
            """
        }

        /// The EtcdCluster says whose it is: all that is left to be done is the operator's and the agent's.
        private func waitUntilProved(_ target: String, _ kubectl: Kubectl) async throws {
            _ = try await eventually("EtcdCluster \(target) of the restore") {
                let lineage = try await kubectl.output(
                    "get", "etcdcluster", target, "--ignore-not-found",
                    "-o", #"jsonpath={.metadata.annotations.etcdrecover\.operator\.etcd\.io/restore-uid}"#)
                return lineage.isEmpty ? nil : lineage
            } details: {
                let restore = try await kubectl.object(target, as: EtcdRestore.self)
                return "\(String(describing: restore.status))\n\(try await InstalledPods.current.log())"
            }
        }

        private func change(_ backups: [String: EtcdBackup], _ source: SourceCluster) async throws {
            let put = try await source.standIn.etcdctl("main", 0, "put", "newer", "1")
            try #require(put.succeeded, "\(put.errors)")
            let newer = try await source.backUp(as: "newer")
            try await StoredSnapshot.of(newer) { newer in
                try await StoredSnapshot.of(try #require(backups["replaced"])) { try await $0.replace(by: newer) }
            }
            try await StoredSnapshot.of(try #require(backups["rotten"])) { try await $0.rot { $0[$0.count / 2] ^= 1 } }
            try await StoredSnapshot.of(try #require(backups["missing"])) { try await $0.delete() }
            try await source.kubectl.storeKey(TestStores.current.forged, in: "locked")
        }

        private func expectFilled(_ source: SourceCluster) async throws {
            let restore = try await source.kubectl.ended(Self.untouched, as: EtcdRestore.self, expecting: .completed)
            try await source.expectLineage(of: restore)
            try await source.expectKeys(of: Self.untouched)
            let options = try await source.kubectl.output(
                "get", "etcdcluster", Self.untouched, "-o", "jsonpath={.spec.etcdOptions}")
            #expect(options.contains("--unsafe-no-fsync"), "the shell's own settings stay")
        }
    }
}
