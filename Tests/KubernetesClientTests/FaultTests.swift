import EtcdRecoverModel
import FoundationEssentials
import HTTP
import TestSupport
import Testing

@testable import KubernetesClient

/// A server that misbehaves on purpose: what the caller sees, and how soon.
@Suite struct FaultTests {
    private static let token = "s3cr3t-bearer-token"
    private static let version = #"{"major":"1","minor":"30","gitVersion":"v1.30.0"}"#

    private func client(_ server: MisbehavingServer, within: Duration = .seconds(60)) throws -> KubernetesClient {
        try KubernetesClient(
            ClientConfiguration(
                server: server.url, credentials: CredentialSource(token: .value(SecretBytes(Self.token))),
                proxy: .none, requestTimeout: within, userAgent: "etcdrecover-tests/1"))
    }

    private func failure(_ body: () async throws -> some Any) async throws -> KubernetesError {
        let error = await #expect(throws: KubernetesError.self) { _ = try await body() }
        let found = try #require(error)
        #expect(!found.description.contains("s3cr3t"))
        return found
    }

    @Test func sendsWhoItIsAndWhatItWants() async throws {
        let server = try MisbehavingServer { _ in MisbehavingServer.answer("200 OK", Self.version) }
        var configuration = try client(server).configuration
        configuration.impersonation = Impersonation(
            user: "jane", uid: "7", groups: ["g1", "g2"], extra: ["example.com/scope": ["s"]])
        let version = try await KubernetesClient(configuration).serverVersion()
        #expect(version == ServerVersion(major: "1", minor: "30", gitVersion: "v1.30.0", platform: nil))
        let request = try #require(server.requests.first)
        #expect(request.line == "GET /version HTTP/1.1")
        #expect(request.field("Authorization") == "Bearer \(Self.token)")
        #expect(request.field("Accept") == "application/json")
        #expect(request.field("User-Agent") == "etcdrecover-tests/1")
        #expect(request.field("Impersonate-User") == "jane")
        #expect(request.field("Impersonate-Uid") == "7")
        #expect(
            request.fields.filter { $0.lowercased().hasPrefix("impersonate-group: ") }.map { $0.suffix(2) } == [
                "g1", "g2",
            ])
        #expect(request.field("Impersonate-Extra-example.com%2Fscope") == "s")
    }

    @Test func waitsAsLongAsTheServerAsks() async throws {
        let server = try MisbehavingServer { request in
            request.number == 1
                ? MisbehavingServer.answer("429 Too Many Requests", "{}", fields: ["Retry-After: 1"])
                : MisbehavingServer.answer("200 OK", Self.version)
        }
        let start = ContinuousClock.now
        _ = try await client(server).serverVersion()
        #expect(ContinuousClock.now - start >= .seconds(1))
        #expect(server.requests.count == 2)
    }

    @Test func givesTheRefusalWhenTheServerAsksForTooLong() async throws {
        let status =
            #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too many requests","reason":"TooManyRequests","code":429}"#
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer("429 Too Many Requests", status, fields: ["Retry-After: 60"])
        }
        let start = ContinuousClock.now
        let error = try await failure { try await client(server, within: .seconds(50)).serverVersion() }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(error.failure?.retryAfter == .seconds(60))
        #expect(
            error.description
                == "the API server answered 429 TooManyRequests: too many requests; it asks to wait 60.0 seconds")
    }

    @Test func writesAgainOnlyWhatTheServerSaysItDidNotDo() async throws {
        let server = try MisbehavingServer { request in
            request.number == 1
                ? MisbehavingServer.answer("503 Service Unavailable", "{}", fields: ["Retry-After: 0"]) : [.reset]
        }
        let error = try await failure { try await client(server).create(Lease(metadata: ObjectMeta(name: "a"))) }
        #expect(server.requests.count == 2)
        guard case .transport(.connectionLost, let request) = error else {
            Issue.record(error)
            return
        }
        #expect(request == "POST \(server.url)/apis/coordination.k8s.io/v1/namespaces/default/leases")
    }

    @Test func readsAgainWhenTheConnectionIsReset() async throws {
        let server = try MisbehavingServer { request in
            switch request.number {
            case 1: [.reset]
            case 2: [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), .reset]
            default: MisbehavingServer.answer("200 OK", Self.version)
            }
        }
        #expect(try await client(server).serverVersion().minor == "30")
        #expect(server.requests.count == 3)
    }

    @Test func givesUpOnAHangingServerAtTheDeadline() async throws {
        let server = try MisbehavingServer { _ in [.hang] }
        let start = ContinuousClock.now
        let error = try await failure { try await client(server, within: .milliseconds(500)).serverVersion() }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(
            error.description
                == "no answer within 0.5s to GET \(server.url)/version; "
                + "check the API server, or raise --request-timeout")
    }

    @Test func keepsTheDeadlineOverAllTries() async throws {
        let server = try MisbehavingServer { request in request.number == 1 ? [.reset] : [.hang] }
        let start = ContinuousClock.now
        let error = try await failure { try await client(server, within: .seconds(10)).serverVersion() }
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(error.description.hasPrefix("no answer within 10s to GET \(server.url)/version"))
    }

    @Test func stopsWaitingWhenCancelled() async throws {
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer("429 Too Many Requests", "{}", fields: ["Retry-After: 9"])
        }
        let client = try client(server, within: .seconds(60))
        let call = Task { try await client.serverVersion() }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }

    @Test func quotesAProxysPageShortenedAndWithoutCredentials() async throws {
        let server = try MisbehavingServer { request in
            MisbehavingServer.answer(
                "500 Internal Server Error",
                "<html>\n<h1>Oops\u{1B}[31m</h1>\(request.field("Authorization") ?? "")\(String(repeating: "x", count: 500))",
                type: "text/html")
        }
        let error = try await failure { try await client(server).serverVersion() }
        #expect(
            error.description
                == "the API server answered 500 Internal Server Error: no Kubernetes answer (text/html): "
                + "<html> <h1>Oops [31m</h1>Bearer [redacted]" + String(repeating: "x", count: 158) + "…")
        #expect(server.requests.count == 1)
    }

    @Test func saysWhereARedirectPoints() async throws {
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer("302 Found", "", fields: ["Location: https://login.example/?state=s3cr3t"])
        }
        let error = try await failure { try await client(server).serverVersion() }
        #expect(
            error.description
                == "the API server answered 302 Found: redirects to https://login.example/; "
                + "check the server's URL in the kubeconfig")
    }

    @Test(arguments: [
        (#"{"metadata":{"name":"a"},"spec":{"replicas":"two"}}"#, "spec.replicas: is not an integer"),
        (#"{"spec":{}}"#, "metadata: is missing"),
        (#"{"metadata":"#, "not valid JSON"),
        ("\u{1}", "not valid JSON"),
        ("", "not valid JSON"),
    ])
    func namesObjectAndFieldThatDoNotDecode(_ body: String, _ problem: String) async throws {
        let server = try MisbehavingServer { _ in MisbehavingServer.answer("200 OK", body) }
        let error = try await failure { try await client(server).get(StatefulSet.self, name: "a", namespace: "ns") }
        #expect(
            error.description
                == "cannot read StatefulSet ns/a as the API server sent it: \(problem) "
                + "(GET \(server.url)/apis/apps/v1/namespaces/ns/statefulsets/a)")
    }

    @Test func namesTheItemOfAListThatDoesNotDecode() async throws {
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer(
                "200 OK",
                #"{"kind":"StatefulSetList","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b","namespace":"ns"},"spec":[]}]}"#
            )
        }
        let error = try await failure { try await client(server).list(StatefulSet.self, in: .allNamespaces) }
        guard case .undecodable("StatefulSet ns/b", "items[1].spec", _, _) = error else {
            Issue.record(error)
            return
        }
    }

    @Test func boundsWhatItReads() async throws {
        let server = try MisbehavingServer { _ in
            [
                .send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\""),
                .repeating(String(repeating: "x", count: 1 << 20), times: 64), .hang,
            ]
        }
        let error = try await failure { try await client(server).serverVersion() }
        guard case .transport(.bodyTooLarge(_, Limits.object), _) = error else {
            Issue.record(error)
            return
        }
    }

    @Test func boundsTheNumberOfItemsOverAllPages() async throws {
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer(
                "200 OK",
                #"{"metadata":{"resourceVersion":"1","continue":"more"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}"#
            )
        }
        let error = try await failure {
            try await client(server).list(Pod.self, in: .allNamespaces, options: ListOptions(itemLimit: 9))
        }
        #expect(error == .tooManyItems(kind: "Pod", limit: 9))
        #expect(server.requests.count == 5)
    }

    @Test func goesThroughTheClustersProxy() async throws {
        let proxy = try MisbehavingServer { _ in MisbehavingServer.answer("200 OK", Self.version) }
        let url = proxy.url.replacing("http://", with: "http://me:s3cr3t@")
        let configuration = ClientConfiguration(server: "http://api.invalid:6443", proxy: .url(SecretBytes(url)))
        _ = try await KubernetesClient(configuration).serverVersion()
        #expect(proxy.requests.first?.target == "http://api.invalid:6443/version")
        #expect(proxy.requests.first?.field("Proxy-Authorization")?.hasPrefix("Basic ") == true)
    }

    @Test func passesTheServersWarningsOn() async throws {
        let server = try MisbehavingServer { _ in
            MisbehavingServer.answer(
                "200 OK", Self.version,
                fields: [
                    #"Warning: 299 - "one, \"quoted\"", 299 - "two""#, #"Warning: 299 - "three""#, "Warning: x \"cut",
                ])
        }
        let warnings = Texts()
        _ = try await KubernetesClient(client(server).configuration, onWarning: { warnings.add($0) }).serverVersion()
        #expect(warnings.all == ["one, \"quoted\"", "two", "three"])
    }

    @Test func readsATokenFileAnewAfterA401() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("old", to: "token")
        let server = try MisbehavingServer { request in
            request.field("Authorization") == "Bearer new"
                ? MisbehavingServer.answer("200 OK", Self.version)
                : MisbehavingServer.answer(
                    "401 Unauthorized", #"{"kind":"Status","message":"Unauthorized","reason":"Unauthorized"}"#)
        }
        var configuration = try client(server).configuration
        configuration.credentials = CredentialSource(token: .file(file, fallback: nil))
        let client = try KubernetesClient(configuration)
        let error = try await failure { try await client.serverVersion() }
        #expect(
            error.description
                == "the API server answered 401 Unauthorized: Unauthorized; "
                + "check that the credentials are of this cluster and have not expired")
        #expect(server.requests.count == 1)
        try directory.write("new", to: "token")
        _ = try await client.serverVersion()
        #expect(server.requests.count == 3)
    }

    @Test func refusesAResponseThatIsNoHTTP() async throws {
        let server = try MisbehavingServer { _ in [.send("SSH-2.0-OpenSSH\r\n"), .hang] }
        let error = try await failure { try await client(server).serverVersion() }
        guard case .transport(.malformedResponse, _) = error else {
            Issue.record(error)
            return
        }
    }
}
