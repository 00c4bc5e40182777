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
    /// May do everything.
    let all: AWSCredentials
    /// May write objects, and look at none.
    let blind: AWSCredentials
    /// May do everything too.
    let other: AWSCredentials
    let gcsPort: Int
    let http: HTTPClient
    /// Of the file backend.
    let directory: String

    static func run(_ body: @Sendable () async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let (s3Port, gcsPort) = (try freePort(), try freePort())
        let keys = folder.path(of: "keys")
        let s3 = Command(try python, [script("s3.py"), String(s3Port), keys])
        let gcs = Command(try python, [script("gcs.py"), String(gcsPort)])
        let client = try HTTPClient(.init(proxy: .none, version: .http1))
        _ = try await Service.run(s3) { s3 in
            _ = try await Service.run(gcs) { gcs in
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
                    s3Port: s3Port, all: users[0], blind: users[1], other: users[2], gcsPort: gcsPort, http: client,
                    directory: folder.path(of: "files"))
                try await $running.withValue(stores) { try await body() }
            }
        }
        await client.shutdown()
        withExtendedLifetime(folder) {}
    }

    /// The folder of this repository's servers.
    static func script(_ name: String) -> String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return (parts + ["ObjectStores", Substring(name)]).joined(separator: "/")
    }

    static var python: String {
        get throws {
            let variable = "ETCDRECOVER_TEST_OBJECTSTORES"
            return try #require(
                TestEnvironment.variables[variable], "needs what Tests/ObjectStores/fetch prints in \(variable)")
        }
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
            "needs object stores: run 'make test', or set ETCDRECOVER_TEST_OBJECTSTORES to what Tests/ObjectStores/fetch prints"
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
