import EtcdRecoverModel
import FoundationEssentials
import Glibc
import HTTP
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct ExecPluginTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func plugin(_ script: String, version: String = "v1") throws -> ExecPlugin {
        ExecPlugin(
            command: try directory.script(script), arguments: ["--of", "a b"], environment: ["EXTRA": SecretBytes("e")],
            apiVersion: "client.authentication.k8s.io/\(version)", interactiveMode: .never)
    }

    private func failure(of plugin: ExecPlugin, limit: Duration = .seconds(300)) async -> CredentialError? {
        await #expect(throws: CredentialError.self) { try await plugin.run(now: Date(), limit: limit) }
    }

    private static func credential(_ status: String, version: String = "v1") -> String {
        "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/\(version)\",\"status\":\(status)}"
    }

    @Test(arguments: ["v1", "v1beta1"])
    func readsATokenWithItsExpiry(_ version: String) async throws {
        let output = Self.credential(
            "{\"token\":\"t\",\"expirationTimestamp\":\"2100-01-02T03:04:05Z\"}", version: version)
        let result = try await plugin("echo '\(output)'", version: version).run(now: Date())
        #expect(result.token == SecretBytes("t"))
        #expect(result.certificate == nil)
        #expect(result.expiration == Timestamp(rawValue: "2100-01-02T03:04:05Z").date)
    }

    @Test func readsACertificateWithItsKey() async throws {
        let output = Self.credential("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}")
        let result = try await plugin("echo '\(output)'").run(now: Date())
        #expect(result.token == nil)
        #expect(result.certificate?.chain == Array("C".utf8))
        #expect(result.certificate?.key == SecretBytes("K"))
        #expect(result.expiration == nil)
    }

    @Test func passesArgumentsVariablesAndClusterInfo() async throws {
        var plugin = try plugin(
            "printf '%s' \"$KUBERNETES_EXEC_INFO\" > \(directory.path)/info; echo \"$1|$2|$EXTRA|$HOME\" > "
                + "\(directory.path)/args; echo '\(Self.credential("{\"token\":\"t\"}"))'")
        _ = try await plugin.run(now: Date())
        #expect(try directory.read("args") == "--of|a b|e|\(processEnvironment()["HOME"] ?? "")\n")
        #expect(
            try directory.read("info")
                == "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                + "\"spec\":{\"interactive\":false}}")
        plugin.cluster = ExecPlugin.ClusterInfo(
            server: "https://s", tlsServerName: "n", insecureSkipTLSVerify: true, certificateAuthorities: [67, 65],
            proxyURL: SecretBytes("http://p"), config: .object(["audience": .string("x")]))
        _ = try await plugin.run(now: Date())
        #expect(
            try directory.read("info")
                == "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                + "\"spec\":{\"cluster\":{\"certificate-authority-data\":\"Q0E=\",\"config\":{\"audience\":\"x\"},"
                + "\"insecure-skip-tls-verify\":true,\"proxy-url\":\"http://p\",\"server\":\"https://s\","
                + "\"tls-server-name\":\"n\"},\"interactive\":false}}")
    }

    @Test(arguments: [
        ("s3cr3t", "not valid JSON"),
        ("[\"s3cr3t\"]", "is not an object"),
        ("{\"kind\":\"Secret\"}", "kind is not ExecCredential"),
        (
            credential("{\"token\":\"s3cr3t\"}", version: "v1beta1"),
            "apiVersion is client.authentication.k8s.io/v1beta1, the kubeconfig asks for client.authentication.k8s.io/v1"
        ),
        (credential("null"), "it has no status"),
        (credential("{}"), "it has neither a token nor a certificate"),
        (credential("{\"clientKeyData\":\"s3cr3t\"}"), "clientCertificateData and clientKeyData must come together"),
        (credential("{\"token\":[\"s3cr3t\"]}"), "status.token is not a string"),
        (
            credential("{\"token\":\"s3cr3t\",\"expirationTimestamp\":\"soon\"}"),
            "status.expirationTimestamp is not a time in RFC 3339"
        ),
    ])
    func refusesOutputThatIsNoCredential(_ output: String, _ reason: String) async throws {
        let plugin = try plugin("echo '\(output)'")
        let error = await failure(of: plugin)
        guard case .pluginOutputInvalid(plugin.command, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == reason)
        #expect(error?.description.contains("s3cr3t") == false)
    }

    @Test func refusesACredentialThatHasExpired() async throws {
        let output = Self.credential("{\"token\":\"s3cr3t\",\"expirationTimestamp\":\"2020-01-02T03:04:05Z\"}")
        let plugin = try plugin("echo '\(output)'")
        #expect(
            await failure(of: plugin)?.description
                == "the credential plugin \(plugin.command) gave a credential that expired at 2020-01-02T03:04:05Z; "
                + "log in again with it")
    }

    @Test func reportsAPluginThatFails() async throws {
        let plugin = try plugin("echo s3cr3t; exit 3")
        #expect(
            await failure(of: plugin)?.description
                == "the credential plugin \(plugin.command) failed with exit code 3; its own message is above")
    }

    @Test(arguments: [nil, "install it with: apt install login"])
    func reportsAPluginThatIsMissing(_ hint: String?) async throws {
        for command in ["/nowhere/login", "no-such-login-plugin"] {
            let plugin = ExecPlugin(
                command: command, arguments: [], environment: [:], apiVersion: "client.authentication.k8s.io/v1",
                interactiveMode: .never, installHint: hint)
            #expect(await failure(of: plugin) == .pluginNotFound(command: command, installHint: hint))
        }
    }

    @Test func stopsAPluginAtItsDeadline() async throws {
        let plugin = try plugin("sleep 600")
        let start = ContinuousClock.now
        #expect(
            await failure(of: plugin, limit: .seconds(1))
                == .pluginTimedOut(command: plugin.command, after: .seconds(1)))
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func stopsAPluginWithAllItStarted() async throws {
        let plugin = try plugin(
            "sleep 600 & echo $! > \(directory.path)/new; mv \(directory.path)/new \(directory.path)/child; wait")
        let run = Task { try await plugin.run(now: Date()) }
        #expect(try await eventually { (try? directory.read("child")) != nil })
        run.cancel()
        await #expect(throws: CancellationError.self) { _ = try await run.value }
        let child = try directory.read("child").filter(\.isNumber)
        let isGone = try await eventually {
            let state = (try? readFile("/proc/\(child)/stat")).map { String(decoding: $0, as: UTF8.self) }
            return state == nil || state?.contains(") Z") == true
        }
        #expect(isGone)
    }

    @Test func stopsReadingAPluginThatNeverEndsTalking() async throws {
        let plugin = try plugin("yes s3cr3t")
        #expect(
            await failure(of: plugin)
                == .pluginOutputTooLarge(command: plugin.command, limit: Limits.execOutput))
    }

    @Test(.enabled(if: isatty(STDIN_FILENO) == 0, "standard input is a terminal"))
    func refusesAnInteractivePluginWithoutATerminal() async throws {
        var plugin = try plugin("exit 0")
        plugin.interactiveMode = .always
        #expect(await failure(of: plugin) == .pluginNeedsTerminal(command: plugin.command))
    }
}
