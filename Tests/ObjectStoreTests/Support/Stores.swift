import FoundationEssentials
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import ObjectStore

/// The servers of a suite, started before its first test and ended after its last.
struct Stores: Sendable {
    @TaskLocal private static var running: Stores?

    static var current: Stores {
        get throws { try #require(running, "no servers: the suite lacks the trait .stores") }
    }

    let s3Port: Int
    /// The same buckets over TLS, with a certificate that signed itself.
    let tlsPort: Int
    let certificate: String
    /// May do everything.
    let all: AWSCredentials
    /// May write objects, and look at none.
    let blind: AWSCredentials
    /// May do everything too.
    let other: AWSCredentials
    let gcsPort: Int
    let swiftPort: Int
    let http: HTTPClient
    /// Of the file backend.
    let directory: String

    static func run(_ body: @Sendable () async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let (s3Port, tlsPort, gcsPort, swiftPort) = (try freePort(), try freePort(), try freePort(), try freePort())
        let (certificate, key) = (folder.path(of: "certificate"), folder.path(of: "key"))
        try await Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).output()
        let keys = folder.path(of: "keys")
        let s3 = Command(try python, [script("s3.py"), String(s3Port), keys, String(tlsPort), certificate, key])
        let gcs = Command(try python, [script("gcs.py"), String(gcsPort)])
        let swift = try swiftCommand(port: swiftPort, folder: folder.path(of: "swift"))
        let client = try HTTPClient(.init(proxy: .none, version: .http1))
        _ = try await Service.run(s3) { s3 in
            _ = try await Service.run(gcs) { gcs in
                _ = try await Service.run(swift) { swift in
                    try await s3.wait(for: "keys", within: .seconds(120)) {
                        FileManager.default.fileExists(atPath: keys)
                    }
                    try await gcs.wait(for: "an answer", within: .seconds(120)) {
                        let request = Request(.get, "http://127.0.0.1:\(gcsPort)/storage/v1/b/bucket")
                        return (try? await client.send(request))?.status.code == 200
                    }
                    let users = try folder.read("keys").split(separator: "\n").map { line in
                        let words = line.split(separator: " ").map(String.init)
                        return AWSCredentials(accessKeyID: words[0], secretAccessKey: SecretBytes(words[1]))
                    }
                    let stores = Stores(
                        s3Port: s3Port, tlsPort: tlsPort, certificate: try folder.read("certificate"),
                        all: users[0], blind: users[1], other: users[2], gcsPort: gcsPort,
                        swiftPort: swiftPort, http: client, directory: folder.path(of: "files"))
                    try await swift.wait(for: "a bucket", within: .seconds(120)) {
                        let call = S3Call(operation: .put, method: .put, key: "")
                        return (try? await stores.swift().client.send(call, accepting: [409])) != nil
                    }
                    try await $running.withValue(stores) { try await body() }
                }
            }
        }
        await client.shutdown()
        withExtendedLifetime(folder) {}
    }

    private static func swiftCommand(port: Int, folder: String) throws -> Command {
        let packages = try fetched("swift")
        let libraries = try FileManager.default.contentsOfDirectory(atPath: "\(packages)/usr/lib")
            .filter { $0.hasSuffix("-linux-gnu") }.flatMap { ["\(packages)/usr/lib/\($0)", "\(packages)/lib/\($0)"] }
        return Command(
            "/usr/bin/python3",
            try [script("swift-s3.py"), folder, String(port)] + (0..<3).map { _ in String(try freePort()) },
            environment: [
                "PYTHONPATH": "\(packages)/usr/lib/python3/dist-packages",
                "LD_LIBRARY_PATH": libraries.joined(separator: ":"),
            ])
    }

    /// The folder of this repository's servers.
    static func script(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return (parts + ["ObjectStores", Substring(name)]).joined(separator: "/")
    }

    private static var python: String { get throws { "\(try fetched("python"))/bin/python3" } }

    private static func fetched(_ name: String) throws -> String {
        let variable = "ETCDRECOVER_TEST_OBJECTSTORES"
        let root = try #require(TestEnvironment.variables[variable], "\(variable) names no folder")
        return "\(root)/\(name)"
    }

    /// S3 as OpenStack Swift serves it, which knows no conditional writes.
    func swift() -> S3Backend {
        let user = AWSCredentials(accessKeyID: "test:all", secretAccessKey: SecretBytes("testing"))
        return S3Backend(
            S3Location(bucket: "bucket", endpoint: "http://127.0.0.1:\(swiftPort)"), http: http,
            credentials: CredentialCache { user }, policy: .test, clock: .test)
    }

    /// S3 as moto serves it, or through `port`.
    func s3(
        _ bucket: String = "bucket", port: Int? = nil, as user: AWSCredentials? = nil, options: S3Options = S3Options(),
        region: String? = nil, policy: RetryPolicy = .test, clock: StoreClock = .test,
        credentials: CredentialCache<AWSCredentials>? = nil, http: HTTPClient? = nil
    ) -> S3Backend {
        let signer = user ?? all
        return S3Backend(
            S3Location(bucket: bucket, region: region, endpoint: "http://127.0.0.1:\(port ?? s3Port)"),
            http: http ?? self.http, credentials: credentials ?? CredentialCache { signer }, options: options,
            policy: policy, clock: clock)
    }
}

extension Stores {
    func gcs(port: Int? = nil, policy: RetryPolicy = .test, clock: StoreClock = .test) -> GCSBackend {
        GCSBackend(
            GCSLocation(bucket: "bucket", endpoint: "http://127.0.0.1:\(port ?? gcsPort)"), http: http, token: nil,
            policy: policy, clock: clock)
    }
}

struct StoresTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Stores.run(function)
    }
}

extension Trait where Self == StoresTrait {
    /// Starts the servers once for the whole suite.
    static var stores: Self { StoresTrait() }
}

extension Trait where Self == ConditionTrait {
    static var needsObjectStores: Self {
        .enabled(
            if: TestEnvironment.requiresEverything
                || TestEnvironment.variables["ETCDRECOVER_TEST_OBJECTSTORES"] != nil,
            "needs object stores: run 'make test', or set ETCDRECOVER_TEST_OBJECTSTORES to the folder of what Tests/ObjectStores/fetch fetched"
        )
    }
}

extension RetryPolicy {
    static let test = RetryPolicy(attempts: 4)
}

extension StoreClock {
    /// Does not wait.
    static let test = StoreClock(sleep: { _ in try Task.checkCancellation() }, jitter: { 0.5 })
}

/// Suites that need the servers.
@Suite(.needsObjectStores, .stores) struct ServedStores {}
