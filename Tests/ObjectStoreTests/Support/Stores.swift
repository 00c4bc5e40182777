import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import ObjectStore

/// Ways to the servers of a suite.
struct Stores: Sendable {
    @TaskLocal private static var running: Stores?

    static var current: Stores {
        get throws { try #require(running, "no servers: the suite lacks the trait .stores") }
    }

    let servers: TestStores
    let http: HTTPClient
    var all: AWSCredentials { AWSCredentials(servers.all) }
    var blind: AWSCredentials { AWSCredentials(servers.blind) }
    var other: AWSCredentials { AWSCredentials(servers.other) }
    var s3Port: Int { servers.s3Port }
    var tlsPort: Int { servers.tlsPort }
    var gcsPort: Int { servers.gcsPort }
    var certificate: String { servers.certificate }
    /// Of the file backend.
    var directory: String { servers.directory }

    static func run(_ body: @Sendable () async throws -> Void) async throws {
        let client = try HTTPClient(.init(proxy: .none, version: .http1))
        try await TestStores.run { servers in
            let stores = Stores(servers: servers, http: client)
            try await stores.makeSwiftBucket()
            try await $running.withValue(stores) { try await body() }
        }
        await client.shutdown()
    }

    /// Its servers take requests one after the other, and are not all there at once.
    private func makeSwiftBucket() async throws {
        let call = S3Call(operation: .put, method: .put, key: "")
        for _ in 0..<600 {
            if (try? await swift().client.send(call, accepting: [409])) != nil { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw MissingPart("OpenStack Swift made no bucket")
    }

    /// S3 as OpenStack Swift serves it, which knows no conditional writes.
    func swift() -> S3Backend {
        let user = AWSCredentials(accessKeyID: "test:all", secretAccessKey: SecretBytes("testing"))
        return S3Backend(
            S3Location(bucket: "bucket", endpoint: "http://127.0.0.1:\(servers.swiftPort)"), http: http,
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

extension AWSCredentials {
    fileprivate init(_ key: TestStores.Key) {
        self.init(accessKeyID: key.id, secretAccessKey: SecretBytes(key.secret))
    }
}

extension RetryPolicy {
    static let test = RetryPolicy(attempts: 4)
}

extension TransferLimits {
    /// The servers answer late where many tests ask them at once.
    static let test = TransferLimits(retry: .test, grace: .seconds(120))
}

extension StoreClock {
    /// Does not wait.
    static let test = StoreClock(sleep: { _ in try Task.checkCancellation() }, jitter: { 0.5 })
}

/// Suites that need the servers.
@Suite(.needsObjectStores, .stores) struct ServedStores {}
