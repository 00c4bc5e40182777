import HTTPTypes
import Testing

@testable import HTTP

/// Against Python's TLS and `openssl s_server`.
struct TLSTests {
    private let certificates: Certificates

    init() async throws {
        certificates = try await Certificates.made.value
    }

    private func python(_ leaf: Certificates.Leaf, clientAuthority: String? = nil) -> (Int) -> [String] {
        PythonServer.arguments(
            certificate: certificates.path(leaf.rawValue), key: certificates.path(leaf.rawValue + "-key"),
            clientAuthority: clientAuthority.map { certificates.path($0) })
    }

    private func client(
        authority: String? = "ca", certificate: Certificates.Leaf? = nil, key: Certificates.Leaf? = nil,
        serverName: String? = nil, verifies: Bool = true, version: HTTPClient.VersionPolicy = .automatic
    ) throws -> HTTPClient {
        let pair = try certificate.map { leaf in
            ClientCertificate(
                chain: try certificates.read(leaf.rawValue),
                key: SecretBytes(try certificates.read((key ?? leaf).rawValue + "-key")))
        }
        let tls = TLSOptions(
            certificateAuthorities: try authority.map { try certificates.read($0) }, clientCertificate: pair,
            serverName: serverName, verifiesPeer: verifies)
        return try HTTPClient(HTTPClient.Configuration(tls: tls, proxy: .none, version: version))
    }

    private func failure(_ client: HTTPClient, port: Int) async throws -> HTTPError {
        try await #require(throws: HTTPError.self) {
            _ = try await client.send(Request(.get, "https://127.0.0.1:\(port)/"))
        }
    }

    @Test func trustsExactlyTheAuthoritiesGiven() async throws {
        try await withServer("python3", python(.server)) { port in
            let response = try await client().send(Request(.get, "https://127.0.0.1:\(port)/"))
            #expect(response.status == .ok)
            let endpoint = "127.0.0.1:\(port)"
            let wrong = try await failure(client(authority: "other-ca"), port: port)
            #expect(wrong == .tls(endpoint: endpoint, .untrustedAuthority))
            let none = try await failure(client(authority: nil), port: port)
            #expect(none == .tls(endpoint: endpoint, .untrustedAuthority))
            let unverified = try client(authority: nil, verifies: false)
            #expect(try await unverified.send(Request(.get, "https://127.0.0.1:\(port)/")).status == .ok)
        }
    }

    @Test func anotherNameIsRefusedUnlessItIsTheOneAskedFor() async throws {
        try await withServer("python3", python(.elsewhere)) { port in
            let error = try await failure(client(), port: port)
            #expect(error == .tls(endpoint: "127.0.0.1:\(port)", .nameMismatch))
            let named = try client(serverName: "elsewhere.test")
            let response = try await named.send(Request(.get, "https://127.0.0.1:\(port)/x?y=z"))
            let seen = try SeenRequest(response)
            #expect(seen.path == "/x?y=z")
            #expect(seen.headers["host"] == "127.0.0.1:\(port)")
        }
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        try await withServer("python3", python(.expired)) { port in
            let error = try await failure(client(), port: port)
            #expect(error == .tls(endpoint: "127.0.0.1:\(port)", .expired))
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func aClientCertificateFromMemoryIsAccepted(_ version: String) async throws {
        try await withServer("openssl", sServer(version)) { port in
            let url = "https://127.0.0.1:\(port)/"
            let response = try await client(certificate: .client).send(Request(.get, url))
            #expect(String(decoding: response.body, as: UTF8.self).contains("CN=client"))
            let endpoint = "127.0.0.1:\(port)"
            let refused = try await failure(client(certificate: .stranger), port: port)
            #expect(refused == .tls(endpoint: endpoint, .clientCertificateRefused))
            let missing = try await failure(client(), port: port)
            // TLS 1.2 has no alert of its own for this.
            let reason: HTTPError.TLSFailure = version == "-tls1_2" ? .handshake : .clientCertificateRefused
            #expect(missing == .tls(endpoint: endpoint, reason))
        }
    }

    @Test func oldProtocolVersionsAreNotSpoken() async throws {
        try await withServer("openssl", sServer("-tls1_1")) { port in
            let error = try await failure(client(certificate: .client), port: port)
            #expect(error == .tls(endpoint: "127.0.0.1:\(port)", .handshake))
        }
    }

    private func sServer(_ version: String) -> (Int) -> [String] {
        { port in
            [
                "s_server", "-www", "-quiet", "-accept", "127.0.0.1:\(port)", version, "-Verify", "1",
                "-verify_return_error",
                "-cert", certificates.path("server"), "-key", certificates.path("server-key"),
                "-CAfile", certificates.path("ca"),
            ]
        }
    }

    @Test func aKeyOfAnotherCertificateIsRefusedBeforeAnythingIsSent() async throws {
        try await withServer("python3", python(.server)) { port in
            let mixed = try client(certificate: .client, key: .stranger)
            let error = try await failure(mixed, port: port)
            #expect(error == .tls(endpoint: "127.0.0.1:\(port)", .badClientCertificate))
        }
    }

    @Test func aConnectionWithAClientCertificateIsUsedAgain() async throws {
        try await withServer("python3", python(.server, clientAuthority: "ca")) { port in
            let client = try client(certificate: .client)
            var peers: Set<Int> = []
            for _ in 0..<5 {
                let response = try await client.send(Request(.get, "https://127.0.0.1:\(port)/"))
                peers.insert(try SeenRequest(response).peer)
            }
            #expect(peers.count == 1)
        }
    }

    @Test func plainTextOnATLSPortIsAFailedHandshake() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.read()
            peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        }
        let error = try await failure(client(), port: server.port)
        #expect(error == .tls(endpoint: "127.0.0.1:\(server.port)", .handshake))
    }
}
