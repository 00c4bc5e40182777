import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import HTTP
import Logging
import ObjectStore
import Synchronization
import TestSupport
import Testing
import WebhookServer

@testable import Agent

/// Copies on the controller's volume, from the server that the controller runs and over TLS.
struct RescueBackendTests {
    private static let key = "db/uid-1/main-2.db"
    private static let bytes = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }

    private struct Site: Sendable {
        var port: Int
        var caBundle: String

        /// - Parameters:
        ///   - port: where it is asked, if it is not its own.
        ///   - caBundle: what it is checked against.
        func order(port: Int? = nil, host: String = "127.0.0.1", caBundle: String? = nil) -> RestoreOrder {
            RestoreOrder(
                restore: .init(namespace: "db", name: "main-1", uid: "uid-1", generation: 1),
                destination: Destination(), key: RescueBackendTests.key,
                rescue: .init(url: "https://\(host):\(port ?? self.port)", caBundle: caBundle ?? self.caBundle))
        }
    }

    private func withServer(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        let authority = try CertificateAuthority.make(commonName: "rescue", at: Date(), lifetime: .seconds(3600))
        let caBundle = try authority.certificate.pem()
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = RescueServer(
            address: ListenAddress(host: "127.0.0.1", port: 0), authority: authority,
            names: [try SubjectAlternativeName("127.0.0.1")],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { port.yield($0) },
            open: { path, token in
                switch (path, token) {
                case ("/\(Self.key)", "right"):
                    .copy(
                        ServedFile(size: Int64(Self.bytes.count), tag: "ab12") {
                            Array(Self.bytes[Int($0)..<(Int($0) + $1)])
                        })
                case (_, "early"): .unavailable("not now")
                case (_, "right"): .missing
                default: .refused
                }
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                for await port in ports { return try await body(Site(port: port, caBundle: caBundle)) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// All bytes of the copy.
    private func read(_ order: RestoreOrder, token: String = "right", key: String = key) async throws -> [UInt8] {
        let http = try HTTPClient(.agent(for: order, userAgent: "test"))
        let server = try #require(order.rescue)
        let store = ObjectStore(
            RescueBackend(server: server, http: http, token: { SecretBytes(token) }), limits: .agent)
        let all = Mutex<[UInt8]>([])
        let result: Result<Void, any Error>
        do {
            let object = try await store.head(try ObjectKey(key))
            result = .success(try await store.read(object) { chunk in all.withLock { $0 += chunk } })
        } catch { result = .failure(error) }
        await http.shutdown()
        try result.get()
        return all.withLock { $0 }
    }

    @Test func aCopyComesAsItIs() async throws {
        try await withServer { site in
            let received = try await read(site.order())
            #expect(received == Self.bytes)
        }
    }

    @Test func aConnectionThatBreaksIsTakenUpWhereItBroke() async throws {
        try await withServer { site in
            let relay = try TCPRelay(to: site.port, after: 1 << 20, .cut)
            #expect(try await read(site.order(port: relay.port)) == Self.bytes)
            #expect(relay.hasEnded)
        }
    }

    @Test func onlyTheServerOfTheOrderIsTrusted() async throws {
        let other = try CertificateAuthority.make(commonName: "other", at: Date(), lifetime: .seconds(3600))
        let bundle = try other.certificate.pem()
        try await withServer { site in
            await #expect(throws: HTTPError.tls(endpoint: "127.0.0.1:\(site.port)", .untrustedAuthority)) {
                try await read(site.order(caBundle: bundle))
            }
            await #expect(throws: HTTPError.tls(endpoint: "localhost:\(site.port)", .nameMismatch)) {
                try await read(site.order(host: "localhost"))
            }
        }
    }

    @Test func whatTheControllerSays() async throws {
        try await withServer { site in
            func failure(_ token: String, _ key: String = Self.key) async -> AgentFailure? {
                do {
                    _ = try await read(site.order(), token: token, key: key)
                    return nil
                } catch { return AgentFailure(error, from: "the copy") }
            }
            let denied = await failure("wrong")
            #expect(denied?.reason == .storeAccessDenied && denied?.isTransient == false)
            #expect(denied?.message.hasPrefix("controller:///\(Self.key): ") == true)
            #expect(await failure("right", "db/uid-1/main-0.db")?.reason == .snapshotNotFound)
            // It has only just been started.
            let early = await failure("early")
            #expect(early?.reason == .storeRefused && early?.isTransient == true)
        }
    }

    @Test func nothingIsEverWrittenThere() async throws {
        let server = EtcdRecovery.RescueServer(url: "https://127.0.0.1:1", caBundle: "")
        let http = try HTTPClient(.init(proxy: .none))
        let store = ObjectStore(RescueBackend(server: server, http: http, token: { SecretBytes("t") }))
        await #expect(throws: StoreError.self) { try await store.delete(ObjectKey("a")) }
        await #expect(throws: StoreError.self) { try await store.list(.all) }
        await http.shutdown()
    }
}
