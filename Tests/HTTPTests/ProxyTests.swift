import HTTPTypes
import Testing

@testable import HTTP

struct ProxySettingsTests {
    @Test(arguments: [
        ("example.com", "example.com", true), ("example.com", "a.example.com", true),
        ("example.com", "notexample.com", false), (".example.com", "example.com", false),
        (".example.com", "a.example.com", true), ("*.example.com", "a.example.com", true),
        ("Example.COM", "A.example.com", true), ("example.com:8443", "example.com", false),
        ("example.com:443", "example.com", true), ("*", "anything", true),
        ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false), ("10.0.0.0/8", "ten.example", false),
        ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1:80", "10.0.0.1", false), ("fd00::/8", "[fd00::1]", true),
        ("::1", "[::1]", true), ("", "localhost", true), ("", "127.0.0.9", true), ("", "[::1]", true),
        ("", "example.com", false), ("a, ,b example.com", "example.com", true), ("10.0.0.0/99", "10.0.0.1", false),
    ])
    func exceptionsMatchAsInGo(_ list: String, host: String, isDirect: Bool) {
        let variables = ["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": list]
        let settings = ProxySettings { variables[$0] }
        #expect((settings.proxy(scheme: "https", host: host, port: 443) == nil) == isDirect)
    }

    @Test func eachSchemeHasItsVariableUpperCaseFirst() {
        let variables = [
            "HTTP_PROXY": "http://a:1", "http_proxy": "http://b:1", "https_proxy": "c:1", "HTTPS_PROXY": "",
        ]
        let settings = ProxySettings { variables[$0] }
        #expect(settings.proxy(scheme: "http", host: "x.test", port: 80)?.reveal() == "http://a:1")
        #expect(settings.proxy(scheme: "https", host: "x.test", port: 443)?.reveal() == "c:1")
    }
}

/// Through a proxy of a few lines.
struct ProxyTests {
    /// Tunnels every CONNECT to `target`, whatever was asked for; or refuses.
    private func proxy(
        to target: Int, on port: Int = 0, status: Int = 200, heads: Observed<[String]> = Observed()
    ) throws
        -> ScriptedServer
    {
        try ScriptedServer(on: port) { peer in
            heads.set((heads.current ?? []) + [peer.readHead()])
            guard status == 200, let onward = Peer(connectingTo: target) else {
                peer.write("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n")
                return
            }
            peer.write("HTTP/1.1 200 Connected\r\nX-Proxy: hidden\r\n\r\n")
            onward.relay(with: peer)
        }
    }

    private func client(proxy: String) async throws -> HTTPClient {
        let certificates = try await Certificates.made.value
        let tls = TLSOptions(certificateAuthorities: try certificates.read("ca"))
        return try HTTPClient(HTTPClient.Configuration(tls: tls, proxy: .url(SecretBytes(proxy))))
    }

    private func withOrigin(_ body: (Int) async throws -> Void) async throws {
        let certificates = try await Certificates.made.value
        let arguments = PythonServer.arguments(
            certificate: certificates.path("server"), key: certificates.path("server-key"))
        try await withServer("python3", arguments, body)
    }

    @Test func aTunnelCarriesTLSAndHidesOurFields() async throws {
        try await withOrigin { port in
            let heads = Observed<[String]>()
            let proxy = try proxy(to: port, heads: heads)
            let client = try await client(proxy: "http://me:pa55word@127.0.0.1:\(proxy.port)")
            let response = try await client.send(
                Request(.get, "https://server.test/", authorization: .bearer(SecretBytes("t0ken"))))
            #expect(try SeenRequest(response).headers["authorization"] == "Bearer t0ken")
            #expect(response.headers.allSatisfy { $0.name.canonicalName != "x-proxy" })
            let head = try #require(heads.current?.first)
            #expect(head.hasPrefix("CONNECT server.test:443 HTTP/1.1\r\n"))
            #expect(head.contains("Proxy-Authorization: Basic "))
            #expect(!head.contains("t0ken"))
        }
    }

    @Test func aRefusedTunnelNamesTheProxyAndTheStatus() async throws {
        let proxy = try proxy(to: 1, status: 407)
        let client = try await client(proxy: "http://me:pa55word@127.0.0.1:\(proxy.port)")
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "https://server.test/"))
        }
        #expect(error == .proxy(endpoint: "127.0.0.1:\(proxy.port)", .refused(status: 407)))
        #expect(!"\(error)".contains("pa55word"))
    }

    @Test(.enabled(if: isFree(port: 80), "port 80 is taken or kept for root"))
    func aProxyWithoutAPortListensOnItsSchemes() async throws {
        let proxy = try proxy(to: 1, on: 80, status: 407)
        let client = try await client(proxy: "http://127.0.0.1")
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "https://server.test/"))
        }
        #expect(error == .proxy(endpoint: "127.0.0.1:80", .refused(status: 407)))
        #expect(proxy.connections == 1)
    }

    @Test(arguments: [
        ("http://p", "p:80"), ("p", "p:80"), ("https://p", "p:443"), ("socks5://p", "p:1080"),
        ("http://p:1080", "p:1080"),
    ])
    func aProxysPortIsThatOfItsSchemeUnlessGiven(_ url: String, _ endpoint: String) throws {
        let prepared = try PreparedRequest(
            Request(.get, "https://server.test/"), tls: TLSOptions(), proxies: ProxySettings(.url(SecretBytes(url))))
        #expect(prepared.proxy?.endpoint == endpoint)
        #expect(prepared.proxy?.port == Int(endpoint.split(separator: ":")[1]))
    }

    @Test func aProxyThatIsDownIsNamed() async throws {
        let port = try unusedPort()
        let client = try await client(proxy: "http://127.0.0.1:\(port)")
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "https://server.test/"))
        }
        #expect(error == .proxy(endpoint: "127.0.0.1:\(port)", .cannotConnect))
    }

    @Test func aBadProxyURLIsRefusedWithoutRepeatingIt() async throws {
        let client = try await client(proxy: "gopher://me:pa55word@127.0.0.1:1")
        let error = try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "https://server.test/"))
        }
        #expect(error == .proxy(endpoint: "of the configuration", .invalidURL))
    }
}
