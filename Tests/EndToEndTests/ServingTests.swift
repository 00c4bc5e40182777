import FoundationEssentials
import TestSupport
import Testing

extension EndToEnd.Installed {
    /// TLS and the plain port, as clients see them that nobody here wrote.
    @Suite struct Serving {
        /// Against the CAs that the API server trusts the webhook by.
        private func handshake(_ version: String) async throws -> Command.Result {
            let port = try InstalledWebhook.current.webhook.port
            let files = try TemporaryDirectory()
            let authorities = try files.write(try await publishedAuthorities(), to: "ca.pem")
            return try await Command(
                "openssl",
                ["s_client", "-connect", "127.0.0.1:\(port)", version, "-verify_return_error"]
                    + ["-CAfile", authorities, "-verify_ip", "127.0.0.1"]
            ).run()
        }

        private func publishedAuthorities() async throws -> String {
            let kubectl = Kubectl(try InstalledWebhook.current.cluster)
            let bundle = try await kubectl.output(
                "get", "validatingwebhookconfiguration", "etcdrecover-validating", "-o",
                "jsonpath={.webhooks[0].clientConfig.caBundle}")
            return String(decoding: try #require(Data(base64Encoded: bundle)), as: UTF8.self)
        }

        @Test(arguments: ["-tls1_2", "-tls1_3"])
        func `openssl verifies the chain against the published CA`(_ version: String) async throws {
            let result = try await handshake(version)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("Verify return code: 0 (ok)"), "\(result.output)")
        }

        @Test(arguments: ["-tls1", "-tls1_1"])
        func `old TLS is refused`(_ version: String) async throws {
            #expect(try await handshake(version).status != 0)
        }

        @Test(.needs("sslscan", from: "sslscan"))
        func `sslscan finds no weak protocol, cipher or renegotiation`() async throws {
            let port = try InstalledWebhook.current.webhook.port
            let scan = try await Command("sslscan", ["--no-colour", "127.0.0.1:\(port)"]).output()
            for enabled in ["TLSv1.2   enabled", "TLSv1.3   enabled"] { #expect(scan.contains(enabled), "\(scan)") }
            for weak in [
                "SSLv2     enabled", "SSLv3     enabled", "TLSv1.0   enabled", "TLSv1.1   enabled", "RC4",
                "3DES", "NULL", "anon", "vulnerable to heartbleed",
            ] {
                #expect(!scan.replacing("not vulnerable", with: "").contains(weak), "\(weak) in \(scan)")
            }
        }

        @Test func `metrics count reviews and show the certificate's end`() async throws {
            let webhook = try InstalledWebhook.current.webhook
            let metrics = try await Command(
                "curl", ["--fail", "--silent", "--max-time", "60", "http://127.0.0.1:\(webhook.healthPort)/metrics"]
            ).output()
            let names = metrics.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            #expect(names.contains { $0.contains("reviews") }, "\(metrics)")
            #expect(names.contains { $0.contains("certificate") }, "\(metrics)")
            #expect(!metrics.contains(Canary.accessKeyID))
        }
    }

    /// Whatever the webhook wrote in this whole run.
    @Suite struct Secrecy {
        @Test func `no credential is in the log, not even one that a rule complained about`() async throws {
            try await Kubectl.withPreparedNamespace { kubectl in
                try await kubectl.apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: store}
                    stringData: {accessKeyID: " \(Canary.accessKeyID) ", secretAccessKey: "\(Canary.secretAccessKey)"}
                    """)
                let denied = try await kubectl.run("apply", "-f", "-", input: kubectl.backup)
                #expect(denied.status == 1)
                let service = try InstalledWebhook.current.webhook.service
                try await service.wait(for: "the denial in the log") { service.log.contains("nightly") }
                let log = service.log
                let token = try String(
                    decoding: Data(contentsOf: URL(filePath: try InstalledWebhook.current.kubeconfig)), as: UTF8.self
                ).split(separator: "token: \"").last?.prefix { $0 != "\"" }
                for secret in [Canary.accessKeyID, Canary.secretAccessKey, String(try #require(token))] {
                    let encoded = Data(secret.utf8).base64EncodedString()
                    #expect(!log.contains(secret) && !log.contains(encoded.prefix(16)))
                    #expect(!denied.errors.contains(secret))
                }
            }
        }
    }
}
