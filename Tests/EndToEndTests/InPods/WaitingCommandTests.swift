import EtcdRecoverModel
import TestSupport
import Testing

extension InPods.Restores {
    /// `--wait` against the controllers themselves: the exit code tells how the work ended, and what is printed tells why.
    @Suite struct WaitingCommands {
        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `--wait ends in a verified result`(_ layout: OperatorStandIn.Layout) async throws {
            let source = try SourceClusters.of(layout)
            let backup = try await run(
                ["backup", "create", "awaited", "--cluster", "main", "--wait"] + source.place(.s3).flags, source)
            #expect(backup.status == 0, "\(backup.errors)")
            let place = "s3://bucket/\(source.kubectl.namespace ?? "")/main/awaited-"
            #expect(backup.output.contains("backup/awaited completed: \(place)"), "\(backup.output)")

            let restore = try await run(
                ["restore", "create", "awaited", "--from-backup", "awaited", "--target", "awaited", "--wait"], source)
            #expect(restore.status == 0, "\(restore.errors)")
            // The key that came after the other backups is in this one.
            let proof = "the same \(source.keys.count + 1) keys and HashKV"
            #expect(restore.output.contains("restore/awaited completed: EtcdCluster awaited"), "\(restore.output)")
            #expect(restore.output.contains(proof), "\(restore.output)")
            try await source.expectKeys(of: "awaited", and: [SourceClusters.later])
            try await source.remove("awaited")
        }

        @Test(arguments: OperatorStandIn.Layout.allCases)
        func `--wait fails with the reason`(_ layout: OperatorStandIn.Layout) async throws {
            let source = try SourceClusters.of(layout)
            try await source.kubectl.storeKey(TestStores.current.forged, in: "wrong")
            let backup = try await run(
                ["backup", "create", "denied", "--cluster", "main", "--wait"]
                    + source.place(.s3, secret: "wrong").flags, source)
            #expect(backup.status == 1, "\(backup.output)")
            #expect(backup.errors.contains("backup/denied failed: "), "\(backup.errors)")
            #expect(backup.errors.contains("the keys may be wrong"), "\(backup.errors)")
            let failed = try await source.kubectl.object("denied", as: EtcdBackup.self)
            #expect(failed.succeeded?.reason == "StoreAccessDenied" && failed.status?.snapshotLocation == nil)

            let restore = try await run(
                ["restore", "create", "nothing", "--target", "nothing", "--key", "main/none.db", "--wait"]
                    + ["--version", source.standIn.version] + source.place(.s3).flags, source)
            #expect(restore.status == 1, "\(restore.output)")
            #expect(restore.errors.contains("restore/nothing failed: "), "\(restore.errors)")
            #expect(restore.errors.contains("main/none.db"), "\(restore.errors)")
            try await source.expectNeverBooted("nothing", wasMade: false)
        }

        private func run(_ arguments: [String], _ source: SourceCluster) async throws -> Command.Result {
            try await source.kubectl.plugin.command(arguments + ["--wait-timeout", "150s"]).run(within: .seconds(160))
        }
    }
}
