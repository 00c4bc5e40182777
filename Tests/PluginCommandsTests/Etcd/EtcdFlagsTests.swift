import ArgumentParser
import ClusterAccess
import EtcdClient
import HTTP
import Testing

@testable import PluginCommands

/// How commands that speak to etcd are told which one.
struct EtcdFlagsTests {
    @Test(arguments: [
        ("main", EtcdTarget?.some(.etcdCluster("main"))), ("etcdcluster/main", .etcdCluster("main")),
        ("statefulset/etcd", .statefulSet("etcd")), ("sts/etcd", .statefulSet("etcd")),
        ("Pod/etcd-n1", .pod("etcd-n1")),
        ("deployment/x", nil), ("", nil), ("pod/", nil), ("a/b/c", nil),
    ])
    func targetsAreNamedAsInKubectl(_ text: String, expected: EtcdTarget?) {
        #expect(EtcdTarget(text) == expected)
    }

    @Test func endpointsComeFromFlagsBeforeVariables() throws {
        let variables = ["ETCDCTL_ENDPOINTS": "http://a:1, http://b:2/"]
        #expect(try EtcdEndpoints.resolve([], environment: variables, usesTLS: false) == ["http://a:1", "http://b:2"])
        #expect(
            try EtcdEndpoints.resolve(["c:3,https://d:4", "c:3"], environment: variables, usesTLS: false)
                == ["http://c:3", "https://d:4"])
        #expect(
            try EtcdEndpoints.resolve(["127.0.0.1:2379"], environment: [:], usesTLS: true) == ["https://127.0.0.1:2379"]
        )
        #expect(try EtcdEndpoints.resolve([], environment: [:], usesTLS: true) == [])
    }

    @Test(arguments: ["unix:///var/run/etcd.sock", "ftp://a:1", "http://u:p@a:1", "http://", "http://a:99999", "a b:1"])
    func whatIsNoClientURLIsRefused(_ text: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try EtcdEndpoints.resolve([text], environment: [:], usesTLS: false)
        }
        #expect(failure?.status == .usage)
        #expect(failure?.description.contains("u:p") == false)
    }

    @Test(arguments: [
        ("http://10.0.0.1:2379", true), ("http://127.0.0.1:2379", false), ("http://localhost:1", false),
        ("https://10.0.0.1:2379", false), ("http://[::1]:1", false),
    ])
    func plainTextToAnotherMachineIsExposed(_ url: String, expected: Bool) {
        #expect(EtcdEndpoints.isExposed(url) == expected)
    }

    private func login(
        _ words: [String], _ environment: [String: String] = [:], ofTarget: EtcdLogin? = nil, console: Console
    ) throws -> String? {
        let login = try EtcdLogin.resolve(
            EtcdFlags.parse(words), environment: environment, ofTarget: ofTarget, console: console,
            ask: { .init("asked \($0)") })
        return login.map { "\($0.user)/\($0.password.reveal())" }
    }

    @Test func thePasswordComesFromWhereItIsGiven() async throws {
        let captured = try CapturedConsole()
        let console = captured.console
        // Its files are closed with it, and their numbers would soon name those of others.
        defer { withExtendedLifetime(captured) {} }
        try await withDirectory { directory in
            try write("from file\nmore", to: "\(directory)/p")
            #expect(try login([], console: console) == nil)
            #expect(try login(["--user", "root:a:b"], ["ETCDCTL_PASSWORD": "x"], console: console) == "root/a:b")
            #expect(try login(["--user", "root", "--password", "a"], console: console) == "root/a")
            #expect(
                try login(["--user", "root", "--password-file", "\(directory)/p"], console: console) == "root/from file"
            )
            #expect(try login(["--user", "root"], ["ETCDCTL_PASSWORD": "x"], console: console) == "root/x")
            #expect(try login([], ["ETCDCTL_USER": "root:x"], console: console) == "root/x")
            #expect(try login([], ["ETCDCTL_USER": "a", "ETCDCTL_PASSWORD": "b"], console: console) == "a/b")
            #expect(try login(["--user", "root"], console: console) == "root/asked Password of etcd's user root: ")
            let ofTarget = EtcdLogin(user: "operator", password: .init("s"))
            #expect(try login([], ["ETCDCTL_USER": "a:b"], ofTarget: ofTarget, console: console) == "operator/s")
            #expect(try login(["--user", "me:x"], ofTarget: ofTarget, console: console) == "me/x")
        }
    }

    @Test(arguments: [["--user", "root:canary"], ["--user", "root", "--password", "canary"]])
    func aPasswordOnTheCommandLineIsWarnedOfAndNotRepeated(_ words: [String]) throws {
        let captured = try CapturedConsole()
        _ = try login(words, console: captured.console)
        #expect(captured.diagnostics.hasPrefix("warning: other users of this machine can see a password"))
        #expect(!captured.diagnostics.contains("canary"))
    }

    @Test func aPasswordFromElsewhereIsNotWarnedOf() throws {
        let captured = try CapturedConsole()
        _ = try login([], ["ETCDCTL_USER": "root:x"], console: captured.console)
        #expect(captured.diagnostics.isEmpty)
    }

    @Test(arguments: [
        (["--password", "x"], "a password needs --user"), (["--user", ":x"], "--user must name a user of etcd"),
        (
            ["--user", "root", "--password-file", "/nowhere"],
            "cannot read --password-file /nowhere: No such file or directory"
        ),
        (["--user", "root", "--password-file", "/dev/null"], "the first line of --password-file /dev/null is empty"),
    ])
    func passwordsThatCannotBeUsedAreRefused(_ words: [String], message: String) throws {
        let captured = try CapturedConsole()
        let console = captured.console
        // Its files are closed with it, and their numbers would soon name those of others.
        defer { withExtendedLifetime(captured) {} }
        let failure = #expect(throws: CommandFailure.self) { try login(words, console: console) }
        #expect(failure?.message == message)
    }

    @Test func withoutATerminalThePromptSaysWhatElseThereIs() {
        let failure = #expect(throws: CommandFailure.self) {
            try TerminalPrompt.password("Password: ", device: "/nonexistent")
        }
        #expect(failure?.hint == "give ETCDCTL_PASSWORD or --password-file")
    }

    @Test func certificatesComeInPairs() throws {
        let failure = #expect(throws: CommandFailure.self) { try EtcdTLS(files: .parse(["--cert", "/c"])) }
        #expect(failure?.message == "the client certificate needs its key: give --key")
        #expect(try EtcdTLS(files: .parse([])).isEmpty)
        #expect(try EtcdTLS(files: .parse([])).verifiesPeer)
        #expect(try !EtcdTLS(files: .parse(["--etcd-insecure-skip-tls-verify"])).verifiesPeer)
    }
}
