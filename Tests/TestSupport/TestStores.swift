import FoundationEssentials
package import Testing

/// The object stores that tests run against, on free ports of this machine, for as long as a test or a suite takes.
package struct TestStores: Sendable {
    /// A key of S3.
    package struct Key: Sendable {
        package let id: String
        package let secret: String
    }

    package enum Server: CaseIterable, Sendable {
        /// moto, with signatures checked: the buckets `bucket`, `other`, `locked` with object lock, and `dated`.
        case s3
        /// gcp-storage-emulator, with a bucket `bucket`.
        case gcs
        /// OpenStack Swift's S3; the user `test:all` with the key `testing`, and no bucket yet.
        case swift
    }

    package let s3Port: Int
    /// The same buckets over TLS, with a certificate that signed itself.
    package let tlsPort: Int
    package let gcsPort: Int
    package let swiftPort: Int
    /// PEM, and the file it is in.
    package let certificate: String
    package let certificateFile: String
    /// May do everything.
    package let all: Key
    /// May write objects, and look at none.
    package let blind: Key
    /// May do everything too.
    package let other: Key
    /// For stores in files; empty at first.
    package let directory: String

    /// The name of `all` with a secret that is not its own.
    package var forged: Key { Key(id: all.id, secret: String(all.secret.reversed()) + "x") }

    package var s3Endpoint: String { "http://127.0.0.1:\(s3Port)" }
    package var gcsEndpoint: String { "http://127.0.0.1:\(gcsPort)" }

    /// What the AWS CLI's variables say of the server and of `all`.
    package var environment: [String: String?] {
        ["AWS_ENDPOINT_URL": s3Endpoint, "AWS_ACCESS_KEY_ID": all.id, "AWS_SECRET_ACCESS_KEY": all.secret]
    }

    /// Of the suite that has the trait `.stores`.
    @TaskLocal private static var running: TestStores?

    package static var current: TestStores {
        get throws { try #require(running, "no servers: the suite lacks the trait .stores") }
    }

    package static func run(
        _ servers: Set<Server> = Set(Server.allCases), _ body: @Sendable (TestStores) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "files"), withIntermediateDirectories: false)
        let (s3Port, tlsPort, gcsPort, swiftPort) = (try freePort(), try freePort(), try freePort(), try freePort())
        let (certificate, key) = (folder.path(of: "certificate"), folder.path(of: "key"))
        try await Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).output()
        let keys = folder.path(of: "keys")
        let commands: [(Server, Command, isReady: @Sendable () -> Bool)] = [
            (
                .s3, Command(try python, [script("s3.py"), "\(s3Port)", keys, "\(tlsPort)", certificate, key]),
                { FileManager.default.fileExists(atPath: keys) }
            ),
            (.gcs, Command(try python, [script("gcs.py"), "\(gcsPort)"]), { isListening(gcsPort) }),
            (.swift, try swiftCommand(port: swiftPort, folder: folder.path(of: "swift")), { isListening(swiftPort) }),
        ]
        try await start(commands.filter { servers.contains($0.0) }[...]) {
            let users = try servers.contains(.s3) ? folder.read("keys").split(separator: "\n").map(Key.init) : []
            let nobody = Key(id: "", secret: "")
            let stores = TestStores(
                s3Port: s3Port, tlsPort: tlsPort, gcsPort: gcsPort, swiftPort: swiftPort,
                certificate: try folder.read("certificate"), certificateFile: certificate,
                all: users.first ?? nobody, blind: users.dropFirst().first ?? nobody,
                other: users.dropFirst(2).first ?? nobody, directory: folder.path(of: "files"))
            try await $running.withValue(stores) { try await body(stores) }
        }
        withExtendedLifetime(folder) {}
    }

    /// All of them at once: each takes seconds to begin.
    private static func start(
        _ commands: ArraySlice<(Server, Command, isReady: @Sendable () -> Bool)>,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        guard let (server, command, isReady) = commands.first else { return try await body() }
        _ = try await Service.run(command) { service in
            try await start(commands.dropFirst()) {
                try await service.wait(for: "\(server)", within: .seconds(120)) { isReady() }
                try await body()
            }
        }
    }

    private static func swiftCommand(port: Int, folder: String) throws -> Command {
        let packages = try fetched("swift")
        let libraries = try FileManager.default.contentsOfDirectory(atPath: "\(packages)/usr/lib")
            .filter { $0.hasSuffix("-linux-gnu") }.flatMap { ["\(packages)/usr/lib/\($0)", "\(packages)/lib/\($0)"] }
        return Command(
            "/usr/bin/python3",
            try [script("swift-s3.py"), folder, "\(port)"] + (0..<3).map { _ in "\(try freePort())" },
            environment: [
                "PYTHONPATH": "\(packages)/usr/lib/python3/dist-packages",
                "LD_LIBRARY_PATH": libraries.joined(separator: ":"),
            ])
    }

    /// In the folder of this repository's servers.
    package static func script(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return (parts + ["ObjectStores", Substring(name)]).joined(separator: "/")
    }

    package static var python: String { get throws { "\(try fetched("python"))/bin/python3" } }

    private static func fetched(_ name: String) throws -> String {
        let variable = "ETCDRECOVER_TEST_OBJECTSTORES"
        let root = try #require(TestEnvironment.variables[variable], "\(variable) names no folder")
        return "\(root)/\(name)"
    }
}

extension TestStores.Key {
    /// `ID SECRET`
    fileprivate init(_ line: Substring) {
        let words = line.split(separator: " ").map(String.init)
        self.init(id: words.first ?? "", secret: words.last ?? "")
    }
}

package struct TestStoresTrait: SuiteTrait, TestScoping {
    let servers: Set<TestStores.Server>

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestStores.run(servers) { _ in try await function() }
    }
}

extension Trait where Self == TestStoresTrait {
    /// Starts the servers once for the whole suite, whose tests find them in `TestStores.current`.
    package static func stores(_ servers: TestStores.Server...) -> Self { TestStoresTrait(servers: Set(servers)) }
}

extension Trait where Self == ConditionTrait {
    package static var needsObjectStores: Self {
        .enabled(
            if: TestEnvironment.requiresEverything
                || TestEnvironment.variables["ETCDRECOVER_TEST_OBJECTSTORES"] != nil,
            "needs object stores: run 'make test', or set ETCDRECOVER_TEST_OBJECTSTORES to the folder of what Tests/ObjectStores/fetch fetched"
        )
    }
}
