import Cryptography
import FoundationEssentials
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import WebhookServer

/// The whole webhook, asked by clients that nobody here wrote.
@Suite(.serialized)
struct WebhookTests {
    struct Running: Sendable {
        var port: Int
        var healthPort: Int
        var folder: String
        var serving: ServingCertificates
        /// What SIGTERM does.
        var stop: @Sendable () async -> Void

        /// curl, trusting the certificates in the folder.
        func curl(_ arguments: String...) async throws -> Command.Result {
            try await Command(
                "curl",
                ["--silent", "--show-error", "--max-time", "10", "--cacert", "\(folder)/ca.pem", "--noproxy", "*"]
                    + arguments
            ).run()
        }

        func reviewed(_ options: String...) async throws -> Command.Result {
            try await Command(
                "curl",
                [
                    "--silent", "--show-error", "--max-time", "10", "--cacert", "\(folder)/ca.pem", "--noproxy", "*",
                    "--header", "Content-Type: application/json", "--data-binary", review(),
                    "https://127.0.0.1:\(port)/mutate",
                ] + options
            ).run()
        }

        func readiness() async throws -> String {
            try await curl("--write-out", "%{http_code}", "http://127.0.0.1:\(healthPort)/readyz").output
        }

        func openssl(_ options: String...) async throws -> Command.Result {
            try await Command(
                "openssl", ["s_client", "-connect", "127.0.0.1:\(port)", "-brief"] + options, input: "\n"
            ).run()
        }
    }

    /// Never does anything, as a source whose certificate has been served already.
    struct Idle: ServiceLifecycle.Service {
        func run() async throws { try await gracefulShutdown() }
    }

    func withWebhook(
        drain: Duration = .zero, certificate: Bool = true, clientAuthority: String? = nil,
        reach: @escaping @Sendable () async throws -> Void = {},
        _ body: @escaping @Sendable (Running) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let serving = ServingCertificates()
        if certificate {
            let pair = try Pair()
            serving.serve(pair.identity)
            try pair.authority.certificate.pem().write(
                toFile: "\(folder.path)/ca.pem", atomically: true, encoding: .utf8)
        }
        var settings = Webhook.Settings()
        settings.reviews = ListenAddress(host: "127.0.0.1", port: 0)
        settings.health = ListenAddress(host: "127.0.0.1", port: 0)
        settings.drain = drain
        settings.clientAuthorities = try clientAuthority.map { try ClientAuthorities(path: $0) }
        let (ports, opened) = AsyncStream<Webhook.Port>.makeStream()
        let webhook = Webhook(
            settings: settings, lookup: World(), certificates: serving, metrics: WebhookMetrics(rules: []),
            logger: Logger(label: "webhook") { _ in SwiftLogNoOpLogHandler() }, onListening: { opened.yield($0) })
        try await WebhookServerTests.serving(webhook.services(certificateSource: Idle(), reach: reach)) { group in
            var running = Running(
                port: 0, healthPort: 0, folder: folder.path, serving: serving,
                stop: { await group.triggerGracefulShutdown() })
            for await port in ports {
                switch port {
                case .reviews(let port): running.port = port
                case .health(let port): running.healthPort = port
                }
                if running.port > 0, running.healthPort > 0 { break }
            }
            try await body(running)
        }
    }

    /// A CA and a certificate of its for 127.0.0.1.
    struct Pair {
        var authority: CertificateAuthority
        var identity: ServingIdentity

        init() throws {
            authority = try .make(commonName: "test CA", at: .now, lifetime: day)
            let issued = try authority.issueServing(
                commonName: "webhook", names: [.ip("127.0.0.1")], at: .now, lifetime: day)
            identity = try ServingIdentity(
                chainPEM: Array(issued.certificate.pem().utf8), keyPEM: Array(issued.key.exposedPEM().utf8))
        }
    }

    @Test(arguments: ["1.2", "1.3"])
    func reviewsAreServedOverCurrentTLS(_ version: String) async throws {
        try await withWebhook { webhook in
            let answer = try await webhook.reviewed("--tlsv\(version)", "--tls-max", version)
            #expect(answer.errors == "")
            #expect(answer.output.contains(#""allowed":true"#))
        }
    }

    @Test(arguments: [
        ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1_2", "-cipher", "AES128-SHA"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"],
        ["-tls1_2", "-cipher", "NULL:@SECLEVEL=0"],
    ])
    func whatIsBrokenOrNotForwardSecretIsRefused(_ options: [String]) async throws {
        try await withWebhook { webhook in
            let result = try await Command(
                "openssl", ["s_client", "-connect", "127.0.0.1:\(webhook.port)"] + options, input: "\n"
            ).run()
            #expect(!result.succeeded, "\(result.output)")
        }
    }

    @Test
    func aNewCertificateIsServedWithoutAFailedCall() async throws {
        try await withWebhook { webhook in
            let pairs = try (0..<4).map { _ in try Pair() }
            let bundle =
                try String(contentsOfFile: "\(webhook.folder)/ca.pem", encoding: .utf8)
                + pairs.map { try $0.authority.certificate.pem() }.joined()
            try bundle.write(toFile: "\(webhook.folder)/ca.pem", atomically: true, encoding: .utf8)
            let failures = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var failures: [String] = []
                        for _ in 0..<20 {
                            let answer = try await webhook.reviewed()
                            if !answer.output.contains(#""allowed":true"#) { failures.append(answer.errors) }
                        }
                        return failures
                    }
                }
                for pair in pairs {
                    try await Task.sleep(for: .milliseconds(100))
                    webhook.serving.serve(pair.identity)
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(failures == [])
            let metrics = try await webhook.curl("http://127.0.0.1:\(webhook.healthPort)/metrics").output
            #expect(metrics.contains("\netcdrecover_certificate_generation 5\n"))
            #expect(metrics.contains("\netcdrecover_tls_handshakes_total{result=\"completed\"} 60\n"))
        }
    }

    @Test
    func whereClientsMustPresentACertificateNobodyElseIsServed() async throws {
        let folder = try TemporaryDirectory()
        for name in ["ours", "theirs"] {
            let authority = "\(folder.path)/\(name)"
            try await makeCertificate(authority, "-subj", "/CN=\(name)")
            try await makeCertificate(
                "\(authority)-client", "-subj", "/CN=apiserver", "-addext", "extendedKeyUsage=clientAuth", "-CA",
                "\(authority).pem", "-CAkey", "\(authority).key")
        }
        try await withWebhook(clientAuthority: "\(folder.path)/ours.pem") { webhook async throws in
            func asked(_ name: String, _ version: String) async throws -> String {
                let path = "\(folder.path)/\(name)-client"
                return try await webhook.reviewed(
                    "--cert", "\(path).pem", "--key", "\(path).key", "--tls-max", version
                ).output
            }
            for version in ["1.2", "1.3"] {
                #expect(try await asked("ours", version).contains(#""allowed":true"#))
                #expect(try await asked("theirs", version) == "")
                #expect(try await webhook.reviewed("--tls-max", version).output == "")
            }
            #expect(try await webhook.readiness() == "ok\n200")
        }
    }

    private func makeCertificate(_ path: String, _ options: String...) async throws {
        let result = try await Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                "-keyout", "\(path).key", "-out", "\(path).pem",
            ] + options
        ).run()
        try #require(result.succeeded, "\(result.errors)")
    }

    @Test
    func filesWithoutACAAreNoClientAuthorities() throws {
        let folder = try TemporaryDirectory()
        try "nothing".write(toFile: "\(folder.path)/ca.pem", atomically: true, encoding: .utf8)
        for name in ["ca.pem", "missing.pem"] {
            #expect(throws: FileReadingError.self) { try ClientAuthorities(path: "\(folder.path)/\(name)") }
        }
    }

    @Test
    func aHealthPortFullOfSilentConnectionsAnswersProbes() async throws {
        try await withWebhook { webhook in
            var silent: [Socket] = []
            for _ in 0..<200 { silent.append(try Socket(port: webhook.healthPort)) }
            let start = ContinuousClock.now
            #expect(try await webhook.readiness() == "ok\n200")
            #expect(start.duration(to: .now) < .seconds(50))
            let socket = try Socket(port: webhook.healthPort)
            await socket.send("GET /healthz HTTP/1.1\r\nHost: w\r\n\r\n")
            #expect(await socket.answer()?.headers["connection"] == "close")
            #expect(await socket.receiveAll() == "")
        }
    }

    @Test
    func withoutACertificateHandshakesFailAndTheProcessLives() async throws {
        try await withWebhook(certificate: false) { webhook in
            #expect(try await webhook.openssl().succeeded == false)
            #expect(try await webhook.readiness() == "not ready: no serving certificate yet\n503")
            webhook.serving.serve(try Pair().identity)
            try await eventually("ready") { try await webhook.readiness() == "ok\n200" }
            #expect(try await webhook.openssl().succeeded)
        }
    }

    @Test
    func untilTheAPIServerWasReachedItIsNotReady() async throws {
        struct Away: Error {}
        try await withWebhook(reach: { throw Away() }) { webhook in
            #expect(try await webhook.readiness() == "not ready: the API server was not reached yet\n503")
            let alive = try await webhook.curl("http://127.0.0.1:\(webhook.healthPort)/healthz")
            #expect(alive.output == "ok\n")
        }
    }

    @Test
    func toldToStopItIsNotReadyAtOnceAndServesUntilTheDrainIsOver() async throws {
        try await withWebhook(drain: .seconds(15)) { webhook in
            try await eventually("ready") { try await webhook.readiness() == "ok\n200" }
            await webhook.stop()
            try await eventually("not ready", within: .seconds(60)) {
                try await webhook.readiness() == "not ready: shutting down\n503"
            }
            let last = try await webhook.reviewed("--include").output
            #expect(last.contains(#""allowed":true"#))
            #expect(last.lowercased().contains("connection: close"), "API servers move on before the end")
            try await eventually("closed", within: .seconds(60)) { try await !webhook.reviewed().succeeded }
        }
    }

    @Test(arguments: [
        (["-X", "POST"], "/healthz", "405"), ([], "/", "404"), ([], "/readyz?verbose", "503"),
        (["--head"], "/healthz", "200"),
    ])
    func healthIsAskedWithGETAlone(_ options: [String], _ path: String, _ code: String) async throws {
        struct Away: Error {}
        try await withWebhook(reach: { throw Away() }) { webhook in
            let url = "http://127.0.0.1:\(webhook.healthPort)\(path)"
            let answer = try await Command(
                "curl",
                ["--silent", "--max-time", "10", "--write-out", "%{http_code}", "-o", "/dev/null", url] + options
            ).output()
            #expect(answer == code)
        }
    }

    @Test(arguments: [
        ("0.0.0.0:10250", ListenAddress(host: "0.0.0.0", port: 10250)),
        (":8080", ListenAddress(host: "0.0.0.0", port: 8080)),
        ("[::1]:443", ListenAddress(host: "::1", port: 443)), ("::1:443", nil), ("host", nil), ("host:", nil),
        ("host:70000", nil), ("host:-1", nil),
    ])
    func addressesAreReadAsUsual(_ text: String, _ expected: ListenAddress?) {
        #expect(ListenAddress(text) == expected)
    }
}

/// Asks until the answer is yes; fails the test when it never is.
private func eventually(
    _ what: Comment, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < end, what)
        try await Task.sleep(for: .milliseconds(50))
    }
}
