import Cryptography
import FoundationEssentials
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// Services that hand out credentials, as they answer in the field, on a port of this machine.
struct CredentialTests {
    private let http: HTTPClient

    init() throws {
        http = try HTTPClient(.init(proxy: .none, version: .http1))
    }

    private func environment(_ variables: [String: String]) -> CredentialEnvironment {
        CredentialEnvironment(variable: { variables[$0] }, http: http, local: http, clock: .test)
    }

    private func service(
        _ answer: @escaping @Sendable (FaultProxy.Seen, [FaultProxy.Seen]) -> FaultProxy.Action
    ) throws -> FaultProxy {
        try FaultProxy(to: 1, answer)
    }

    private static func ok(_ body: String) -> FaultProxy.Action {
        .answer("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }

    private static let keys = """
        {"Code": "Success", "AccessKeyId": "ASIA1", "SecretAccessKey": "s1", "Token": "t1", "Expiration": "2030-01-02T03:04:05Z"}
        """
    private static let expected = AWSCredentials(
        accessKeyID: "ASIA1", secretAccessKey: SecretBytes("s1"), sessionToken: SecretBytes("t1"),
        expiration: Date(timeIntervalSince1970: 1_893_553_445))

    @Test func theEnvironmentComesFirst() async throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ROLE_ARN": "r",
        ]
        let found = try await AmbientAWSCredentials(environment(variables), region: nil).fetch()
        #expect(
            found == AWSCredentials(accessKeyID: "A", secretAccessKey: SecretBytes("S"), sessionToken: SecretBytes("T"))
        )
    }

    /// Whoever set one of two meant them, and not a role.
    @Test func saysWhichHalfOfTheKeysIsMissing() async throws {
        let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        for (set, missing) in [(names[0], names[1]), (names[1], names[0])] {
            let variables = [set: "x", missing: "", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ROLE_ARN": "r"]
            let error = StoreError.noCredentials(reason: "\(set) is set, and \(missing) is not")
            await #expect(throws: error) {
                try await AmbientAWSCredentials(environment(variables), region: nil).fetch()
            }
            let own = S3Location(bucket: "b", endpoint: "https://minio.example")
            let cache = try #require(StoreCredentials.ambient.aws(for: own, in: environment(variables)))
            await #expect(throws: error) { try await cache.current() }
        }
    }

    /// The token file is read anew for each exchange; the token goes into the body, not into a URL.
    @Test func exchangesAWebIdentity() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("token-1\n", to: "token")
        let sts = try service { request, _ in
            guard request.method == "POST", request.target == "/" else { return .error(400, "InvalidAction") }
            return Self.ok(
                """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
                <SecretAccessKey>s1</SecretAccessKey><SessionToken>t1</SessionToken>
                <Expiration>2030-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
                </AssumeRoleWithWebIdentityResponse>
                """)
        }
        let variables = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(sts.port)",
        ]
        let ambient = AmbientAWSCredentials(environment(variables), region: nil)
        #expect(try await ambient.fetch() == Self.expected)
        try folder.write("a-longer-token", to: "token")
        #expect(try await ambient.fetch() == Self.expected)
        let lengths = sts.requests.compactMap { $0.field("content-length").flatMap { Int($0) } }
        #expect(lengths.count == 2 && lengths[1] - lengths[0] == "a-longer-token".utf8.count - "token-1".utf8.count)
    }

    @Test func saysWhySTSRefused() async throws {
        let folder = try TemporaryDirectory()
        let sts = try service { _, _ in .error(403, "AccessDenied") }
        let endpoint = "http://127.0.0.1:\(sts.port)"
        let variables = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": try folder.write("x", to: "token"), "AWS_ROLE_ARN": "r",
            "AWS_ENDPOINT_URL_STS": endpoint,
        ]
        await #expect(throws: StoreError.noCredentials(reason: "STS at \(endpoint) answered 403 AccessDenied")) {
            try await AmbientAWSCredentials(environment(variables), region: nil).fetch()
        }
    }

    @Test func asksPodIdentity() async throws {
        let folder = try TemporaryDirectory()
        let agent = try service { request, _ in
            request.target == "/v1/credentials" && request.field("authorization") == "pod-token"
                ? Self.ok(Self.keys) : .error(401, "AccessDenied")
        }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(agent.port)/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": try folder.write("pod-token", to: "token"),
        ]
        #expect(try await AmbientAWSCredentials(environment(variables), region: nil).fetch() == Self.expected)
    }

    @Test(arguments: [
        ("http://169.254.170.23/v1/credentials", true), ("http://[fd00:ec2::23]/v1/credentials", true),
        ("http://169.254.170.2:80/x", true), ("https://example.com/x", true), ("http://localhost:1/x", true),
        ("http://example.com/x", false), ("http://127.0.0.1.evil.com/x", false), ("http://127.0.0.1@evil.com/", false),
        ("http://127.0.0.1:80@evil.com/", false), ("ftp://127.0.0.1/", false),
    ])
    func sendsATokenOnlyWhereItIsTrusted(_ uri: String, _ isTrusted: Bool) {
        #expect(AmbientAWSCredentials.isTrusted(uri) == isTrusted)
    }

    @Test func asksTheInstanceWithASession() async throws {
        let imds = try service { request, _ in
            if request.method == "PUT", request.target == "/latest/api/token",
                request.field("x-aws-ec2-metadata-token-ttl-seconds") == "21600"
            {
                return Self.ok("session")
            }
            guard request.field("x-aws-ec2-metadata-token") == "session" else { return .error(401, "Unauthorized") }
            switch request.target {
            case "/latest/meta-data/iam/security-credentials/": return Self.ok("my-role\n")
            case "/latest/meta-data/iam/security-credentials/my-role": return Self.ok(Self.keys)
            default: return .error(404, "")
            }
        }
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(imds.port)"]
        #expect(try await AmbientAWSCredentials(environment(variables), region: nil).fetch() == Self.expected)
    }

    @Test func saysThatThereAreNone() async throws {
        await #expect(throws: StoreError.self) {
            try await AmbientAWSCredentials(environment(["AWS_EC2_METADATA_DISABLED": "true"]), region: nil).fetch()
        }
    }

    // MARK: Targets

    @Test func aReplacedSecretIsTakenUp() async throws {
        let time = Mutex(Date(timeIntervalSince1970: 1_700_000_000))
        let secret = Mutex(["accessKeyID": "A", "secretAccessKey": "1"])
        var environment = environment([:])
        environment.clock = StoreClock(now: { time.withLock { $0 } })
        let credentials = StoreCredentials.secret { secret.withLock { $0 }.mapValues { SecretBytes($0) } }
        let cache = try #require(credentials.aws(for: S3Location(bucket: "b"), in: environment))
        #expect(try await cache.current() == AWSCredentials(accessKeyID: "A", secretAccessKey: SecretBytes("1")))
        secret.withLock { $0 = ["accessKeyID": "B", "secretAccessKey": "2", "sessionToken": "3"] }
        time.withLock { $0 += 60 }
        #expect(
            try await cache.current()
                == AWSCredentials(
                    accessKeyID: "B", secretAccessKey: SecretBytes("2"), sessionToken: SecretBytes("3")))
        secret.withLock { $0 = ["accessKeyID": "B"] }
        time.withLock { $0 += 60 }
        await #expect(throws: StoreError.noCredentials(reason: "the Secret lacks accessKeyID or secretAccessKey")) {
            try await cache.current()
        }
    }

    /// Amazon's roles are for Amazon's stores.
    @Test func anEndpointOfOnesOwnGetsKeysOfTheEnvironmentAtMost() async throws {
        let own = S3Location(bucket: "b", endpoint: "https://minio.example")
        let role = environment(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"])
        #expect(StoreCredentials.ambient.aws(for: own, in: role) == nil)
        #expect(StoreCredentials.ambient.aws(for: S3Location(bucket: "b"), in: role) != nil)
        let keys = environment(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"])
        #expect(StoreCredentials.ambient.aws(for: own, in: keys) != nil)
    }

    @Test func amazonsRegionIsTheProcessOwnUnlessGiven() {
        let here = environment(["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"])
        #expect(S3Location(bucket: "b").completed(from: here).region == "eu-west-1")
        #expect(S3Location(bucket: "b", region: "eu-north-1").completed(from: here).region == "eu-north-1")
        #expect(S3Location(bucket: "b", endpoint: "http://minio").completed(from: here).region == nil)
    }

    // MARK: Google

    private static func serviceAccount(tokenURI: String) async throws -> (json: SecretBytes, publicKey: String) {
        let folder = try TemporaryDirectory()
        let key = folder.path(of: "key")
        try await Command("openssl", ["genrsa", "-out", key, "2048"]).output()
        let publicKey = try await Command("openssl", ["rsa", "-in", key, "-pubout"]).output()
        let pem = try folder.read("key").split(separator: "\n").joined(separator: "\\n")
        let json = """
            {"type": "service_account", "client_email": "a@b.iam.gserviceaccount.com", "private_key_id": "k1",
             "private_key": "\(pem)\\n", "token_uri": "\(tokenURI)"}
            """
        return (SecretBytes(json), publicKey)
    }

    /// The statement is signed as RS256 says: openssl verifies it.
    @Test func signsAServiceAccountsStatement() async throws {
        let google = try service { request, _ in
            request.method == "POST" && request.target == "/token"
                ? Self.ok(#"{"access_token": "ya29.x", "expires_in": 3599, "token_type": "Bearer"}"#) : .error(400, "")
        }
        let uri = "http://127.0.0.1:\(google.port)/token"
        let (json, publicKey) = try await Self.serviceAccount(tokenURI: uri)
        let account = try GoogleServiceAccount(json: json, trusts: { $0 == uri })
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        var environment = environment([:])
        environment.clock = StoreClock(now: { now })
        #expect(
            try await account.fetch(environment)
                == GoogleToken(token: SecretBytes("ya29.x"), expiration: now.addingTimeInterval(3599)))
        let parts = try account.assertion(at: now).split(separator: ".").map(String.init)
        func decoded(_ part: String) throws -> Data {
            let plain = part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
            return try #require(
                Data(base64Encoded: String(plain) + String(repeating: "=", count: (4 - part.count % 4) % 4)))
        }
        #expect(String(decoding: try decoded(parts[0]), as: UTF8.self) == #"{"alg":"RS256","kid":"k1","typ":"JWT"}"#)
        #expect(
            String(decoding: try decoded(parts[1]), as: UTF8.self)
                == #"{"aud":"\#(uri)","exp":1700003600,"iat":1700000000,"iss":"a@b.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/devstorage.read_write"}"#
        )
        let folder = try TemporaryDirectory()
        try decoded(parts[2]).write(to: URL(filePath: folder.path(of: "signature")))
        let message = try folder.write("\(parts[0]).\(parts[1])", to: "message")
        let verdict = try await Command(
            "openssl",
            [
                "dgst", "-sha256", "-verify", try folder.write(publicKey, to: "public"), "-signature",
                folder.path(of: "signature"), message,
            ]
        ).output()
        #expect(verdict.contains("Verified OK"))
    }

    @Test func sendsAStatementToGoogleOnly() async throws {
        let (json, _) = try await Self.serviceAccount(tokenURI: "https://evil.com/token")
        #expect(
            throws: StoreError.noCredentials(reason: "the service account's token_uri is not https on googleapis.com")
        ) {
            try GoogleServiceAccount(json: json)
        }
        #expect(!GoogleServiceAccount.isGoogle("https://googleapis.com.evil.com/"))
        #expect(!GoogleServiceAccount.isGoogle("https://evil.com@x.googleapis.com/"))
        #expect(!GoogleServiceAccount.isGoogle("http://oauth2.googleapis.com/token"))
        #expect(GoogleServiceAccount.isGoogle("https://oauth2.googleapis.com/token"))
    }

    @Test func asksTheMetadataServer() async throws {
        let metadata = try service { request, _ in
            request.field("metadata-flavor") == "Google"
                && request.target == "/computeMetadata/v1/instance/service-accounts/default/token"
                ? Self.ok(#"{"access_token": "ya29.y", "expires_in": 60, "token_type": "Bearer"}"#) : .error(403, "")
        }
        let ambient = AmbientGoogleCredentials(environment(["GCE_METADATA_HOST": "127.0.0.1:\(metadata.port)"]))
        #expect(try await ambient.fetch().token == SecretBytes("ya29.y"))
    }
}

struct CredentialCacheTests {
    private struct Ticket: Expiring {
        var number: Int
        var expiration: Date?
    }

    private struct Unreachable: Error {}

    /// What is fetched, counted, with a clock that is set by hand.
    private final class Source: Sendable {
        let time = Mutex(Date(timeIntervalSince1970: 1_700_000_000))
        let count = Mutex(0)
        let fails = Mutex(false)
        let lifetime: TimeInterval?

        init(lifetime: TimeInterval?) {
            self.lifetime = lifetime
        }

        func fetch() throws -> Ticket {
            guard !fails.withLock({ $0 }) else { throw Unreachable() }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Ticket(number: number, expiration: lifetime.map { time.withLock { $0 }.addingTimeInterval($0) })
        }

        func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }

        var cache: CredentialCache<Ticket> {
            CredentialCache(now: { self.time.withLock { $0 } }, fetch: { try self.fetch() })
        }
    }

    @Test func renewsFiveMinutesBeforeTheEnd() async throws {
        let source = Source(lifetime: 3600)
        let cache = source.cache
        #expect(try await cache.current().number == 1)
        source.pass(3299)
        #expect(try await cache.current().number == 1)
        source.pass(2)
        #expect(try await cache.current().number == 2)
    }

    @Test func servesOldOnesWhileTheyAreGoodAndNewOnesCannotBeHad() async throws {
        let source = Source(lifetime: 3600)
        let cache = source.cache
        _ = try await cache.current()
        source.fails.withLock { $0 = true }
        source.pass(3500)
        #expect(try await cache.current().number == 1)
        source.pass(200)
        await #expect(throws: Unreachable.self) { try await cache.current() }
    }

    /// A Secret or a file that was replaced, without a restart.
    @Test func looksAgainEachMinuteAtWhatHasNoEnd() async throws {
        let source = Source(lifetime: nil)
        let cache = source.cache
        #expect(try await cache.current().number == 1)
        source.pass(59)
        #expect(try await cache.current().number == 1)
        source.pass(1)
        #expect(try await cache.current().number == 2)
    }

    @Test func oneFetchServesAllWhoWait() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let count = Mutex(0)
        let cache = CredentialCache<Ticket> {
            count.withLock { $0 += 1 }
            for await _ in gate { break }
            return Ticket(number: 1)
        }
        try await withThrowingTaskGroup(of: Ticket.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.current() } }
            while count.withLock({ $0 }) == 0 { await Task.yield() }
            open.yield()
            for try await ticket in group { #expect(ticket.number == 1) }
        }
        #expect(count.withLock { $0 } == 1)
    }

    @Test func aRefusalIsRenewedOnceForAll() async throws {
        let source = Source(lifetime: 3600)
        let cache = source.cache
        let first = try await cache.current()
        #expect(try await cache.renewed(insteadOf: first)?.number == 2)
        #expect(try await cache.renewed(insteadOf: first)?.number == 2)
        let same = CredentialCache<Ticket> { Ticket(number: 7) }
        let only = try await same.current()
        #expect(try await same.renewed(insteadOf: only) == nil)
    }
}
