import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import PluginCommands

extension PluginStores {
    /// What goes wrong on the way into a store and out of it.
    @Suite struct Faults {
        @Test(arguments: StoreKind.allCases)
        func aStreamThatIsCutMakesNoObject(_ kind: StoreKind) async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let folder = try kind.folder(stores)
            try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill(keys: 12, bytes: 1_000_000)
                // Before the first part is full, and behind it.
                for limit in [100_000, 10_000_000] {
                    let relay = try TCPRelay(to: cluster.members[0].clientPort, after: limit, .cut)
                    let saved = try await plugin.run(
                        "snapshot", "save", "--endpoints", "http://127.0.0.1:\(relay.port)", "\(folder)/main.db")
                    #expect(saved.status == 1, "\(limit): \(saved.output)")
                    #expect(saved.errors.contains("ended the connection early"), "\(saved.errors)")
                    #expect(try await plugin.keys(folder) == [])
                }
                #expect(try await unfinished(below: folder, plugin) == [])
            }
        }

        @Test(arguments: [SIGINT, SIGKILL])
        func anUploadThatIsEndedMakesNoObject(_ signal: Int32) async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let folder = try StoreKind.s3.folder(stores)
            try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill(keys: 14, bytes: 1_000_000)
                // Held behind the first part.
                let relay = try TCPRelay(to: cluster.members[0].clientPort, after: 10_000_000, .hold)
                let save = plugin.command([
                    "snapshot", "save", "--endpoints", "http://127.0.0.1:\(relay.port)", "\(folder)/main.db",
                ])
                let (_, status) = try await Service.run(save) { service in
                    try await service.wait(for: "a part", within: .seconds(120)) {
                        try await !parts(below: folder, stores).isEmpty
                    }
                    service.signal(signal)
                    for _ in 0..<1200 where service.isRunning { try await Task.sleep(for: .milliseconds(100)) }
                    try #require(!service.isRunning)
                }
                #expect(try await plugin.keys(folder) == [])
                if signal == SIGINT {
                    #expect(status == 130)
                    #expect(try await parts(below: folder, stores) == [])
                } else {
                    // moto dates every upload 2010.
                    #expect(try await unfinished(below: folder, plugin) == ["main.db"])
                    #expect(try await parts(below: folder, stores) == [])
                }
            }
        }

        @Test func aByteThatChangedInTheStoreIsFound() async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let folder = try StoreKind.file.folder(stores)
            let object = "\(folder)/main.db"
            try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill()
                try await plugin.output("snapshot", "save", "--endpoints", cluster.endpoints[0], object)
            }
            let path = String(object.dropFirst("file://".count))
            var content = try Data(contentsOf: URL(filePath: path))
            content[content.count / 2] ^= 1
            try content.write(to: URL(filePath: path))

            let files = try TemporaryDirectory()
            let verified = try await plugin.run("store", "verify", folder)
            #expect(verified.status == 1)
            #expect(verified.output.hasPrefix("damaged  \(object): "), "\(verified.output)")
            for words in [
                ["snapshot", "status", object], ["snapshot", "verify", object],
                ["store", "download", object, files.path(of: "db")],
                ["snapshot", "restore", "--from", object, "--data-dir", files.path(of: "data")],
            ] {
                let result = try await plugin.command(words).run(within: .seconds(60))
                #expect(result.status == 1, "\(words): \(result.output)")
                #expect(result.errors.contains("is damaged: its SHA-256 is"), "\(words): \(result.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: files.path) == [])
        }

        @Test func aDamagedFileIsNotUploaded() async throws {
            let stores = try TestStores.current
            let plugin = StorePlugin(stores)
            let files = try TemporaryDirectory()
            let file = files.path(of: "db")
            try await EtcdCluster.run(.newest) { cluster in
                try await cluster.fill(keys: 12, bytes: 1_000_000)
                try await cluster.etcdctl("snapshot", "save", file)
            }
            var content = try Data(contentsOf: URL(filePath: file))
            content[content.count - 100] ^= 1
            try content.write(to: URL(filePath: file))
            let folder = try StoreKind.s3.folder(stores)
            let result = try await plugin.run("store", "upload", file, "\(folder)/db")
            #expect(result.status == 1)
            #expect(result.errors.contains("\(file) is damaged: its SHA-256 does not fit"), "\(result.errors)")
            #expect(try await plugin.keys(folder) == [])
            #expect(try await parts(below: folder, stores) == [])
        }

        /// What a sweep found below a folder, by name. Nothing there is of the cluster that is named.
        private func unfinished(below folder: String, _ plugin: StorePlugin) async throws -> [String] {
            let pruned = try await plugin.run(
                "store", "prune", folder, "--cluster-id", "none", "--keep", "1", "--yes", "--ignore-restores")
            #expect(pruned.succeeded, "\(pruned.errors)")
            return pruned.errors.split(separator: "\n").compactMap { line in
                line.wholeMatch(of: #/removed an upload of .*/([^/ ]+) that died/#).map { String($0.1) }
            }
        }

        /// Keys of uploads that have a part, as the server itself says.
        private func parts(below folder: String, _ stores: TestStores) async throws -> [String] {
            let prefix = String(folder.dropFirst("s3://bucket/".count))
            let script = """
                import boto3, sys
                s3 = boto3.client("s3", endpoint_url="\(stores.s3Endpoint)", region_name="us-east-1")
                for upload in s3.list_multipart_uploads(Bucket="bucket", Prefix="\(prefix)").get("Uploads", []):
                    parts = s3.list_parts(Bucket="bucket", Key=upload["Key"], UploadId=upload["UploadId"])
                    if parts.get("Parts"): print(upload["Key"])
                """
            let python = try TestStores.python
            return try await Command(python, ["-c", script], environment: stores.environment).output()
                .split(separator: "\n").map(String.init)
        }
    }
}
