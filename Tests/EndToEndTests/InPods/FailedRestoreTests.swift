import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// A snapshot that cannot be had, or is not what was backed up, ends the restore, and starts no etcd without it.
    @Suite struct FailedRestores {
        enum Harm: String, CaseIterable, Sendable {
            case missing, truncated, overwritten, rotten, locked

            var reason: String {
                switch self {
                case .missing: "SnapshotNotFound"
                case .truncated, .overwritten, .rotten: "SnapshotCorrupt"
                case .locked: "StoreAccessDenied"
                }
            }

            /// Whether the controller sees it, before it makes anything. All bytes are read by the agent only.
            var showsAtOnce: Bool { self != .rotten }
        }

        /// The emulator of GCS takes any key.
        private static let cases =
            Harm.allCases.map { ($0, BackupPlace.Store.s3) }
            + [.missing, .truncated, .rotten].map { ($0, BackupPlace.Store.gcs) }

        @Test(arguments: OperatorStandIn.Layout.allCases, cases)
        func `it fails for the right reason, and no etcd ever runs`(
            _ layout: OperatorStandIn.Layout, _ harmed: (Harm, in: BackupPlace.Store)
        ) async throws {
            let source = try SourceClusters.of(layout)
            let (harm, store) = harmed
            let name = "\(harm)-\(store)"
            // A key of its own, to be exchanged.
            try await source.kubectl.storeKey(TestStores.current.all, in: name)
            let backup = try await source.backUp(as: name, to: source.place(store, secret: name))
            try await apply(harm, to: backup, source)

            try await source.restore(name, into: name)
            let restore = try await source.kubectl.ended(name, as: EtcdRestore.self, expecting: .failed)
            #expect(restore.succeeded?.reason == harm.reason, "\(restore.succeeded?.message ?? "")")
            #expect(restore.status?.verification == nil && restore.status?.restoredCluster == nil)
            try await source.expectNeverBooted(name, wasMade: !harm.showsAtOnce)
            #expect(try await source.isArmed(restore) == !harm.showsAtOnce)
            guard !harm.showsAtOnce else { return }
            try await staysDown(name, source)
            try await source.remove(name)
        }

        private func apply(_ harm: Harm, to backup: EtcdBackup, _ source: SourceCluster) async throws {
            try await StoredSnapshot.of(backup) { snapshot in
                switch harm {
                case .missing: try await snapshot.delete()
                case .truncated: try await snapshot.rot { $0.removeLast($0.count / 2) }
                case .overwritten: try await snapshot.rot { bytes in for i in 0..<4096 { bytes[i] = 0 } }
                case .rotten: try await snapshot.rot { $0[$0.count / 2] ^= 1 }
                case .locked:
                    try await source.kubectl.storeKey(
                        TestStores.current.forged, in: try #require(backup.spec?.destination?.secretRef?.name))
                }
            }
        }

        /// A pod that is made anew is turned away, now that no snapshot is to come.
        private func staysDown(_ target: String, _ source: SourceCluster) async throws {
            let (kubectl, standIn) = (source.kubectl, source.standIn)
            try await kubectl.output("delete", "pod", "\(target)-0", "--grace-period=0", "--force")
            let refusal = "EtcdRestore \(target) is Failed"
            try await standIn.service.wait(for: "the refusal of a new pod") {
                let events = try await kubectl.output(
                    "get", "events", "--field-selector", "reason=FailedCreate", "-o", "jsonpath={.items[*].message}")
                return (events + standIn.service.log).contains(refusal)
            }
            #expect(try await kubectl.output("get", "pods", "--selector", "app=\(target)", "-o", "name").isEmpty)
        }
    }
}
