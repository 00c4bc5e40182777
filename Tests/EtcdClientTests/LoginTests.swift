import HTTP
import TestSupport
import Testing

@testable import EtcdClient

/// Users, tokens and client certificates.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct LoginTests {
    private static let password = "correct-horse-7391"
    private let root = EtcdClient.Login(user: "root", password: SecretBytes(Self.password))

    @Test(arguments: EtcdRelease.all)
    func aUserLogsInOnTheFirstCall(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, options: EtcdOptions(rootPassword: Self.password)) { cluster in
            let client = try cluster.client(login: root)
            try await client.put(Array("a"), Array("1"))
            #expect(try await client.count(.all) == 1)
            #expect(try await client.hashKV().hash != 0)
            #expect(try await client.memberList().members.count == 1)
            #expect(try await client.alarms() == [])
            #expect(try await client.withSnapshot { try await collect($0) }.count > 0)
            if release.isAtLeast("3.5") { #expect(try await client.authenticationStatus().isEnabled) }
            #expect(try await cluster.client(login: root).status().isLeader)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func withoutAUserEachRefusalIsToldApart(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, options: EtcdOptions(rootPassword: Self.password)) { cluster in
            try await cluster.etcdctl("user", "add", "reader:\(Self.password)")
            let nobody = try cluster.client()
            #expect(try await failure { try await nobody.range(.all) }.kind == .authenticationNeeded)
            #expect(try await failure { try await nobody.put([1], []) }.kind == .authenticationNeeded)
            #expect(try await failure { try await nobody.hashKV() }.kind == .authenticationNeeded)
            #expect(try await failure { try await nobody.withSnapshot { _ in } }.kind == .authenticationNeeded)

            let reader = try cluster.client(login: .init(user: "reader", password: SecretBytes(Self.password)))
            #expect(try await failure { try await reader.range(.all) }.kind == .permissionDenied)
            #expect(try await failure { try await reader.hashKV() }.kind == .permissionDenied)
            #expect(try await failure { try await reader.withSnapshot { _ in } }.kind == .permissionDenied)
            #expect(try await failure { try await reader.defragment() }.kind == .permissionDenied)
            #expect(try await failure { try await reader.withWatch(.all) { _ in } }.kind == .permissionDenied)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aTokenThatTheServerForgotIsRenewedOnce(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, options: EtcdOptions(rootPassword: Self.password)) { cluster in
            let client = try cluster.client(login: root)
            try await client.put(Array("a"), Array("1"))
            // The number is an index of raft's that the server waits for.
            let stale = SecretBytes("abcdefghijklmnop.1")
            for call in [
                { _ = try await client.range(.all) }, { _ = try await client.put(Array("a"), []) },
                { _ = try await client.hashKV() }, { _ = try await client.memberList() },
                { _ = try await client.withSnapshot { try await collect($0) } },
                { _ = try await client.withWatch(.all) { _ in } },
            ] as [@Sendable () async throws -> Void] {
                client.session.token = stale
                try await call()
            }
            client.session.token = stale
            _ = try await client.range(.all)
            #expect(client.session.token != stale)

            // Tokens of this kind live in memory.
            await cluster.members[0].kill()
            try await cluster.members[0].start()
            try await cluster.members[0].waitUntilHealthy()
            #expect(try await client.range(.all).count == 1)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func noErrorHoldsAPasswordOrAToken(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, options: EtcdOptions(rootPassword: Self.password)) { cluster in
            let wrong = try cluster.client(login: .init(user: "root", password: SecretBytes("wrong-\(Self.password)")))
            let refusal = try await failure { try await wrong.range(.all) }
            #expect(refusal.kind == .authenticationFailed)
            #expect(refusal.call == "Authenticate")

            let client = try cluster.client(login: root)
            _ = try await client.range(.all)
            let token = try #require(client.session.token).reveal()
            await cluster.members[0].kill()
            let lost = try await failure { try await client.range(.all) }
            #expect(lost.kind == .unreachable)
            for error in [refusal, lost] {
                for text in ["\(error)", String(reflecting: error), String(describing: client)] {
                    #expect(!text.contains(Self.password) && !text.contains(token))
                }
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aUserIsNoHarmWhereAuthenticationIsOff(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client(login: root)
            try await client.put(Array("a"), Array("1"))
            #expect(try await client.count(.all) == 1)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func overTLSTheCertificateIsTheUser(_ release: EtcdRelease) async throws {
        let certificates = try await EtcdCertificates()
        let options = EtcdOptions(tls: certificates, rootPassword: Self.password)
        try await EtcdCluster.run(release, options: options) { cluster in
            let client = try cluster.client(tls: certificates)
            try await client.put(Array("a"), Array("1"))
            #expect(try await client.withSnapshot { try await collect($0) }.count > 0)
            let seen = try await client.withWatch(.all, WatchOptions(from: Revision(rawValue: 1))) { changes in
                var changes = changes
                return try await changes.next()?.events.count
            }
            #expect(seen == 1)
            // A password goes before the certificate.
            let both = try cluster.client(tls: certificates, as: .reader, login: root)
            #expect(try await both.count(.all) == 1)
            let reader = try cluster.client(tls: certificates, as: .reader)
            let error = try await failure { try await reader.range(.all) }
            #expect(
                error.kind == .permissionDenied || error.kind == .authenticationNeeded
                    || error.kind == .authenticationFailed)
        }
    }

    @Test func certificatesThatDoNotFitAreToldApart() async throws {
        let certificates = try await EtcdCertificates()
        try await EtcdCluster.run(.newest, options: EtcdOptions(tls: certificates)) { cluster in
            let endpoint = cluster.members[0].endpoint
            func reason(_ client: EtcdClient) async throws -> EtcdError.Reason {
                try await failure { try await client.status() }.reason
            }
            func refusal(_ failure: HTTPError.TLSFailure) -> EtcdError.Reason {
                .transport(.tls(endpoint: endpoint, failure))
            }
            // The server may have closed before its reason could be read.
            let lost = EtcdError.Reason.transport(.connectionLost(endpoint: endpoint, bytesReceived: 0))
            for leaf in [nil, .stranger] as [EtcdCertificates.Leaf?] {
                let error = try await failure { try await cluster.client(tls: certificates, as: leaf).status() }
                #expect([refusal(.clientCertificateRefused), lost].contains(error.reason))
                #expect("\(error)".contains("client certificate"))
            }

            var tls = TLSOptions(certificateAuthorities: try bytes(of: certificates.otherAuthority))
            let plain = cluster.members[0].clientEndpoint
            let wrongAuthority = try await reason(EtcdClient(.init(endpoints: [plain], tls: tls)))
            #expect(wrongAuthority == refusal(.untrustedAuthority))

            tls.certificateAuthorities = try bytes(of: certificates.authority)
            let renamed = EtcdEndpoint(plain.url, serverName: "elsewhere.test")
            let wrongName = try await reason(EtcdClient(.init(endpoints: [renamed], tls: tls)))
            #expect(wrongName == refusal(.nameMismatch))

            let localhost = EtcdEndpoint(plain.url, serverName: "localhost")
            #expect(try await cluster.client(tls: certificates).at(localhost).status().isLeader)
        }
    }

    @Test func plainAndTLSAreToldApart() async throws {
        let certificates = try await EtcdCertificates()
        try await EtcdCluster.run(.newest) { plain in
            let client = try plain.client(tls: certificates)
            let tls = EtcdEndpoint("https://\(plain.members[0].endpoint)")
            #expect(try await failure { try await client.at(tls).status() }.kind == .tls)
        }
        try await EtcdCluster.run(.newest, options: EtcdOptions(tls: certificates)) { secure in
            let plain = EtcdEndpoint("http://\(secure.members[0].endpoint)")
            let error = try await failure { try await secure.client().at(plain).status() }
            #expect(error.kind == .connectionLost || error.kind == .malformedAnswer)
        }
    }
}
