import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

extension PluginStores {
    /// What a preview shows is what goes.
    @Suite struct Prunes {
        @Test(arguments: StoreKind.allCases)
        func allButTheNewestGo(_ kind: StoreKind) async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let folder = try kind.folder(stores)
            let files = try TemporaryDirectory()
            let file = files.path(of: "db")
            let cluster = try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill()
                try await cluster.etcdctl("snapshot", "save", file)
                // Names as backups have them, with the time of the run; then older ones, uploaded from a file.
                try await plugin.output("snapshot", "save", "--endpoints", cluster.endpoints[0], "\(folder)/")
                let key = try #require(try await plugin.keys(folder).first)
                return try #require(key.split(separator: "/").dropLast().last.map(String.init))
            }
            let names = (1...4).map { "\(folder)/\(cluster)/nightly-2026010\($0)T000000Z.db" }
            for name in names { try await plugin.output("store", "upload", file, name) }
            try await plugin.output("store", "upload", file, "\(folder)/\(cluster)/by-hand.db")
            let before = try await plugin.keys(folder)
            #expect(before.count == 6)

            let flags = ["store", "prune", folder, "--cluster-id", cluster, "--keep", "3", "--ignore-restores"]
            let preview = try await plugin.command(flags + ["--dry-run", "-o", "json"]).run(within: .seconds(60))
            let planned = try JSONObject(preview.output)["delete"]?.array.compactMap { $0["uri"]?.string }
            #expect(planned == Array(names.prefix(2)))
            #expect(try await plugin.keys(folder) == before)

            // There is nobody to ask.
            let unasked = try await plugin.command(flags).run(within: .seconds(60))
            #expect(unasked.status == 2, "\(unasked.errors)")
            #expect(unasked.errors.contains("look with --dry-run, then give --yes"), "\(unasked.errors)")
            #expect(try await plugin.keys(folder) == before)

            let pruned = try await plugin.command(flags + ["--yes"]).run(within: .seconds(60))
            #expect(pruned.succeeded, "\(pruned.errors)")
            #expect(pruned.errors.contains("2 of 2 deleted"), "\(pruned.errors)")
            let after = try await plugin.keys(folder)
            #expect(after == before.filter { !$0.contains("nightly-20260101") && !$0.contains("nightly-20260102") })
            let again = try await plugin.command(flags + ["--yes"]).run(within: .seconds(60))
            #expect(again.errors.contains("0 of 0 deleted"), "\(again.errors)")
        }

        @Test func withoutAClusterToAskNothingIsDeleted() async throws {
            let stores = try TestStores.current
            var plugin = StorePlugin(stores)
            plugin.environment["KUBECONFIG"] = "/nonexistent"
            let result = try await plugin.run(
                "store", "prune", "s3://bucket/x", "--cluster", "main", "--keep", "1", "--yes")
            #expect(result.status == 1)
            #expect(result.errors.contains("--ignore-restores"), "\(result.errors)")
        }
    }
}
