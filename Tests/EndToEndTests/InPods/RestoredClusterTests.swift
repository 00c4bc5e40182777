import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// What a backup and a restore that went well leave behind.
    @Suite struct RestoredCluster {
        @Test(arguments: OperatorStandIn.Layout.allCases, BackupPlace.Store.allCases)
        func `a restored cluster has every key of the backup, and none that came later`(
            _ layout: OperatorStandIn.Layout, _ store: BackupPlace.Store
        ) async throws {
            let source = try SourceClusters.of(layout)
            let target = "from-\(store)"
            let backup = try await source.kubectl.object(store.rawValue, as: EtcdBackup.self)
            try expectMeasured(backup, source, store)

            try await source.restore(store.rawValue, into: target, "storageSpec: {volumeSizeRequest: 64Mi}")
            let restore = try await source.kubectl.ended(target, as: EtcdRestore.self, expecting: .completed)
            expectVerified(restore, against: backup, source)
            try await source.expectLineage(of: restore)
            #expect(try await !source.isArmed(restore))
            try await source.standIn.wait(forVoters: 1, of: target)
            try await source.expectKeys(of: target)
            try await source.expectKeys(of: "main", and: [SourceClusters.later])

            try await source.kubectl.output("delete", "etcdrestore", target)
            try await liesInItsVolume(target, source)
            try await source.remove(target)
        }

        private func expectMeasured(_ backup: EtcdBackup, _ source: SourceCluster, _ store: BackupPlace.Store) throws {
            let status = try #require(backup.status)
            #expect(backup.succeeded?.reason == "SnapshotUploaded")
            #expect(status.observedGeneration == backup.metadata.generation)
            let location = try #require(status.snapshotLocation)
            let scheme = store == .s3 ? "s3" : "gs"
            #expect(
                location.hasPrefix("\(scheme)://bucket/\(source.kubectl.namespace ?? "")/main/\(store)-"), "\(location)"
            )
            let snapshot = try #require(status.snapshot)
            // An empty etcd is at revision 1; the keys came in three writes.
            #expect(snapshot.revision == 4)
            #expect(snapshot.etcdVersion == source.standIn.release.version)
            #expect(snapshot.totalKeys == source.keys.count)
            #expect(snapshot.memberName == "main-0")
            #expect(snapshot.sha256?.count == 64 && snapshot.keyspaceHash != nil)
        }

        private func expectVerified(_ restore: EtcdRestore, against backup: EtcdBackup, _ source: SourceCluster) {
            let recorded = backup.status?.snapshot
            var equal = EtcdRestore.Verification()
            equal.revision = recorded?.revision
            equal.totalKeys = source.keys.count
            equal.keyspaceHash = recorded?.keyspaceHash
            equal.matches = true
            #expect(restore.status?.verification == equal)
            #expect(restore.status?.restoredCluster == restore.metadata.name)
            #expect(restore.status?.snapshotLocation == backup.status?.snapshotLocation)
            #expect(restore.succeeded?.reason == "SnapshotRestored")
            let proof = "the same \(source.keys.count) keys and HashKV \(recorded?.keyspaceHash ?? 0)"
            #expect(restore.succeeded?.message?.contains(proof) == true, "\(restore.succeeded?.message ?? "")")
        }

        /// Without the record of the restore, and with another pod: what was restored, and what was written since.
        private func liesInItsVolume(_ target: String, _ source: SourceCluster) async throws {
            let (kubectl, standIn) = (source.kubectl, source.standIn)
            let put = try await standIn.etcdctl(target, 0, "put", "written/since", "1")
            try #require(put.succeeded, "\(put.errors)")
            let pod = ["get", "pod", "\(target)-0", "--ignore-not-found", "-o", "jsonpath={.metadata.uid}"]
            let old = try await kubectl.output(pod)
            try await kubectl.output("delete", "pod", "\(target)-0")
            try await standIn.service.wait(for: "another pod of \(target)") {
                let new = try await kubectl.output(pod)
                return !new.isEmpty && new != old
            }
            // The status may be from before.
            try await kubectl.output("wait", "pod/\(target)-0", "--for=condition=Ready", "--timeout=120s")
            try await standIn.wait(forVoters: 1, of: target)
            try await source.expectKeys(of: target, and: ["written/since"])
        }
    }
}
