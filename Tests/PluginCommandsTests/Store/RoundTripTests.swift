import FoundationEssentials
import TestSupport
import Testing

@testable import PluginCommands

extension PluginStores {
    /// From a running etcd into a store, and from there into another etcd.
    @Suite struct RoundTrips {
        @Test(arguments: [(StoreKind.s3, EtcdRelease.all[0]), (.s3, .newest), (.gcs, .newest), (.file, .newest)])
        func whatComesBackHasTheSameHashKV(_ kind: StoreKind, _ release: EtcdRelease) async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let object = try kind.folder(stores) + "/main.db"
            // Larger than a part, so that it goes up in several.
            let expected = try await EtcdCluster.run(release) { cluster in
                try await cluster.fill(keys: 14, bytes: 1_000_000)
                let saved = try await plugin.json(
                    "snapshot", "save", "--endpoints", cluster.endpoints.joined(separator: ","), object)
                #expect(saved["uri"]?.string == object)
                let hash = try await cluster.hashKV()
                #expect(saved["revision"]?.int == hash.revision)
                return hash
            }
            #expect(try await plugin.output("store", "verify", object).hasPrefix("sound "))
            let status = try await plugin.json("snapshot", "status", object)
            #expect(status["revision"]?.int == expected.revision)
            #expect(status["hashOK"]?.bool == true)
            #expect(try await plugin.output("snapshot", "verify", object).contains(" is sound: "))

            let restored = try EtcdCluster.reserve(1, release)
            let member = restored[0]
            let report = try await plugin.json(
                "snapshot", "restore", "--from", object, "--data-dir", member.dataDirectory, "--name", member.name,
                "--initial-cluster", "\(member.name)=\(member.peerURL)", "--initial-advertise-peer-urls", member.peerURL
            )
            #expect(report["snapshot"]?.string == object)
            try await EtcdCluster.run(restored) { cluster in
                let hash = try await cluster.hashKV(at: expected.revision)
                #expect(hash == expected)
                let value = try await cluster.etcdctl("get", "key-0", "--print-value-only")
                #expect(value == "again\n")
            }
        }

        @Test func overTLSOnlyWithTheAuthorityThatSigned() async throws {
            let stores = try TestStores.current
            var plugin = StorePlugin(stores)
            plugin.environment["AWS_ENDPOINT_URL"] = "https://127.0.0.1:\(stores.tlsPort)"
            let refused = try await plugin.run("store", "list", "s3://bucket/")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("certificate"), "\(refused.errors)")
            plugin.environment["AWS_CA_BUNDLE"] = stores.certificateFile
            let listed = try await plugin.run("store", "list", "s3://bucket/")
            #expect(listed.succeeded, "\(listed.errors)")
        }

        @Test func aFileThatIsUploadedComesBackByteForByte() async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let files = try TemporaryDirectory()
            let (one, two) = (files.path(of: "one.db"), files.path(of: "two.db"))
            try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill()
                try await cluster.etcdctl("snapshot", "save", one)
            }
            for kind in StoreKind.allCases {
                let object = try kind.folder(stores) + "/one.db"
                try await plugin.output("store", "upload", one, object)
                try await plugin.output("store", "download", object, two)
                #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: two)))
                let again = try await plugin.run("store", "download", object, two)
                #expect(again.status == 1 && again.errors.contains("exists and is never replaced"), "\(again.errors)")
                let over = try await plugin.run("store", "upload", one, object)
                #expect(over.status == 1 && over.errors.contains("is not overwritten"), "\(over.errors)")
                try FileManager.default.removeItem(atPath: two)
            }
        }
    }
}

extension TestSupport.EtcdCluster {
    struct HashKV: Hashable, Sendable {
        var hash: Int64
        var revision: Int64
    }

    /// Of the first member, at `revision` or its newest.
    func hashKV(at revision: Int64? = nil) async throws -> HashKV {
        let flags = revision.map { ["--rev", "\($0)"] } ?? []
        let text = try await members[0].etcdctl(["endpoint", "hashkv", "-w", "json"] + flags).output()
        let answer = try #require(JSONObject(text).array.first?["HashKV"])
        return HashKV(
            hash: try #require(answer["hash"]?.int),
            revision: try revision ?? #require(answer["header"]?["revision"]?.int))
    }
}
