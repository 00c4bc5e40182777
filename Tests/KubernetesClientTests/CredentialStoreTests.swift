import FoundationEssentials
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct CredentialStoreTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A plugin that counts its runs in a file and gives tokens `t1`, `t2`, …, the n-th valid until n o'clock.
    private func countingPlugin(pause: String = "") throws -> ExecPlugin {
        ExecPlugin(
            command: try directory.script(
                """
                echo run >> \(directory.path)/runs
                \(pause)
                n=$(wc -l < \(directory.path)/runs)
                echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'$n'","expirationTimestamp":"2100-01-01T0'$n':00:00Z"}}'
                """), arguments: [], environment: [:], apiVersion: "client.authentication.k8s.io/v1",
            interactiveMode: .never)
    }

    private func runs() throws -> Int { try directory.read("runs").split(separator: "\n").count }

    private static func time(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    @Test func runsAPluginAgainOnlyWhenItsCredentialExpires() async throws {
        let clock = Clock(now: try Self.time("2100-01-01T00:00:00Z"))
        let store = CredentialStore(CredentialSource(exec: try countingPlugin()), now: { clock.now })
        #expect(try await store.current().authorization == .bearer(SecretBytes("t1")))
        #expect(try await store.current().authorization == .bearer(SecretBytes("t1")))
        clock.now = try Self.time("2100-01-01T00:59:59Z")
        #expect(try await store.current().authorization == .bearer(SecretBytes("t1")))
        #expect(try runs() == 1)
        clock.now = try Self.time("2100-01-01T01:00:00Z")
        #expect(try await store.current().authorization == .bearer(SecretBytes("t2")))
        #expect(try runs() == 2)
    }

    @Test func runsAPluginOnceForAllWhoWait() async throws {
        let store = CredentialStore(
            CredentialSource(exec: try countingPlugin(pause: "sleep 0.3")),
            now: { Date(timeIntervalSince1970: 0) })
        let tokens = try await withThrowingTaskGroup(of: Authorization?.self) { group in
            for _ in 0..<50 { group.addTask { try await store.current().authorization } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens.count == 50)
        #expect(tokens.allSatisfy { $0 == .bearer(SecretBytes("t1")) })
        #expect(try runs() == 1)
    }

    @Test func renewsWhatTheServerRefusedOnceForAll() async throws {
        let store = CredentialStore(
            CredentialSource(exec: try countingPlugin()), now: { Date(timeIntervalSince1970: 0) })
        let refused = try await store.current()
        async let first = store.renewed(instead: refused)
        async let second = store.renewed(instead: refused)
        #expect(try await first?.authorization == .bearer(SecretBytes("t2")))
        #expect(try await second?.authorization == .bearer(SecretBytes("t2")))
        #expect(try runs() == 2)
    }

    @Test func stopsAPluginWhenNobodyWaitsAnyMore() async throws {
        let store = CredentialStore(CredentialSource(exec: try countingPlugin(pause: "sleep 600")))
        let waiter = Task { try await store.current() }
        #expect(try await eventually { (try? runs()) == 1 })
        let start = ContinuousClock.now
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        // The plugin would sleep ten minutes.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func readsATokenFileAnewAfterARefusal() async throws {
        let file = try directory.write("old\n", to: "token")
        let store = CredentialStore(CredentialSource(token: .file(file, fallback: nil)))
        let old = try await store.current()
        #expect(old.authorization == .bearer(SecretBytes("old")))
        #expect(try await store.renewed(instead: old) == nil)
        try directory.write(" new\n", to: "token")
        #expect(try await store.current() == old)
        #expect(try await store.renewed(instead: old)?.authorization == .bearer(SecretBytes("new")))
    }

    @Test func saysWhichTokenFileIsMissing() async throws {
        let store = CredentialStore(CredentialSource(token: .file("/nowhere/token", fallback: nil)))
        let error = await #expect(throws: CredentialError.self) { try await store.current() }
        #expect(error?.description == "cannot read /nowhere/token (token): no such file or directory")
        let fallback = CredentialStore(
            CredentialSource(token: .file("/nowhere/token", fallback: SecretBytes("f"))))
        #expect(try await fallback.current().authorization == .bearer(SecretBytes("f")))
    }

    @Test func readsCertificateFilesTogether() async throws {
        let source = CertificateSource(
            certificate: .file(try directory.write("C1", to: "c")), key: .file(try directory.write("K1", to: "k")))
        let store = CredentialStore(CredentialSource(certificate: source))
        let first = try await store.current()
        #expect(first.certificate?.chain == Array("C1".utf8))
        try directory.write("C2", to: "c")
        try directory.write("K2", to: "k")
        let second = try await store.renewed(instead: first)
        #expect(second?.certificate?.chain == Array("C2".utf8))
        #expect(second?.certificate?.key == SecretBytes("K2"))
    }

    @Test func hasNothingNewForAFixedToken() async throws {
        let store = CredentialStore(CredentialSource(token: .value(SecretBytes("t"))))
        #expect(try await store.renewed(instead: store.current()) == nil)
    }

    /// Wall time that a test sets.
    private final class Clock: Sendable {
        private let time: Mutex<Date>
        init(now: Date) { time = Mutex(now) }
        var now: Date {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
    }
}
