import EtcdRecoverModel
import FoundationEssentials
import Glibc
import Subprocess
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct KubeconfigMergingTests {
    private static let first = """
        apiVersion: v1
        kind: Config
        current-context: ""
        clusters:
        - {name: a, cluster: {server: "https://first-a", certificate-authority: pki/ca.crt}}
        - {name: b, cluster: {server: "https://first-b"}}
        contexts:
        - {name: x, context: {cluster: a, user: u}}
        users:
        - {name: u, user: {client-certificate: ../u.crt, client-key: /abs/u.key}}
        - name: e
          user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, interactiveMode: Never}}
        """
    private static let second = """
        apiVersion: v1
        kind: Config
        current-context: z
        clusters:
        - {name: a, cluster: {server: "https://second-a", insecure-skip-tls-verify: true}}
        - {name: c, cluster: {server: "https://second-c", tls-server-name: c.example}}
        contexts:
        - {name: x, context: {cluster: c, user: w, namespace: lost}}
        - {name: z, context: {cluster: c, user: w, namespace: kept}}
        users:
        - {name: u, user: {token: second}}
        - {name: w, user: {tokenFile: tokens/w, username: ""}}
        - name: f
          user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Never}}
        """
    private static let third = """
        current-context: x
        clusters: null
        users: []
        """

    private let directory: TemporaryDirectory
    private let files: [String]

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("one")
        try directory.makeDirectory("two")
        files = [
            try directory.write(Self.first, to: "one/config"), "\(directory.path)/missing",
            try directory.write(Self.second, to: "two/config"), try directory.write(Self.third, to: "three"),
            try directory.write("", to: "empty"),
        ]
    }

    private func merged(_ files: [String], resolved: Bool = true) throws -> Kubeconfig {
        let configs = try files.compactMap { file in
            if resolved { return try Kubeconfig.read(file, purpose: "test") }
            return try readFileIfPresent(file).map { try Kubeconfig.parse($0, file: file) }
        }
        return configs.reduce(into: Kubeconfig()) { $0.merge($1) }
    }

    /// What kubectl prints of a configuration, reduced to the fields both sides have.
    private struct View: Decodable, Equatable {
        struct Named<Value: Decodable & Equatable>: Decodable, Equatable {
            var name: String
            var cluster: Value?
            var context: Value?
            var user: Value?
        }
        var currentContext: String?
        var clusters: [Named<[String: JSONValue]>]?
        var contexts: [Named<[String: JSONValue]>]?
        var users: [Named<[String: JSONValue]>]?

        enum CodingKeys: String, CodingKey {
            case clusters, contexts, users
            case currentContext = "current-context"
        }
    }

    @Test(arguments: [[0], [0, 2], [2, 0], [0, 1, 2, 3], [3, 2, 0], [4, 1, 3, 0], [1, 4, 2]])
    func mergesAsKubectlDoes(_ order: [Int]) async throws {
        let list = order.map { files[$0] }
        let result = try await Subprocess.run(
            .name("kubectl"), arguments: ["config", "view", "--raw", "--merge", "-o", "json"],
            environment: .inherit.updating(["KUBECONFIG": list.joined(separator: ":")]),
            output: .bytes(limit: 1 << 20), error: .currentStandardError)
        try #require(result.terminationStatus.isSuccess)
        let kubectl = try JSONDecoder().decode(View.self, from: Data(result.standardOutput))
        // It prints paths as they are written.
        let ours = try merged(list, resolved: false)

        #expect(ours.currentContext == kubectl.currentContext.nonEmpty)
        #expect(Set(ours.clusters.keys) == Set(kubectl.clusters?.map(\.name) ?? []))
        #expect(Set(ours.contexts.keys) == Set(kubectl.contexts?.map(\.name) ?? []))
        #expect(Set(ours.users.keys) == Set(kubectl.users?.map(\.name) ?? []))
        for entry in kubectl.clusters ?? [] {
            let cluster = ours.clusters[entry.name]
            #expect(cluster?.server == entry.cluster?["server"]?.string)
            #expect(cluster?.certificateAuthority == entry.cluster?["certificate-authority"]?.string)
            #expect(cluster?.tlsServerName == entry.cluster?["tls-server-name"]?.string)
            #expect(
                (cluster?.insecureSkipTLSVerify == true) == (entry.cluster?["insecure-skip-tls-verify"] == .bool(true)))
        }
        for entry in kubectl.contexts ?? [] {
            let context = ours.contexts[entry.name]
            #expect(context?.cluster == entry.context?["cluster"]?.string)
            #expect(context?.user == entry.context?["user"]?.string)
            #expect(context?.namespace == entry.context?["namespace"]?.string)
        }
        for entry in kubectl.users ?? [] {
            let user = ours.users[entry.name]
            #expect(user?.clientCertificate == entry.user?["client-certificate"]?.string)
            #expect(user?.clientKey == entry.user?["client-key"]?.string)
            #expect(user?.token == entry.user?["token"]?.string)
            #expect(user?.tokenFile == entry.user?["tokenFile"]?.string)
            #expect(user?.exec?.command == entry.user?["exec"]?["command"]?.string)
        }
    }

    @Test func takesAnEntryWholeFromTheFirstFileThatHasIt() throws {
        let config = try merged([files[0], files[2]])
        #expect(config.currentContext == "z")
        #expect(config.clusters["a"]?.server == "https://first-a")
        #expect(config.clusters["a"]?.insecureSkipTLSVerify == nil)
        #expect(config.contexts["x"]?.namespace == nil)
        #expect(config.users["u"]?.token == nil)
    }

    @Test func readsAPipe() throws {
        let path = directory.path(of: "pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let text = Self.second
        startThread {
            usleep(100_000)
            // No program that another test starts may inherit it: the pipe would not end.
            guard let pipe = fopen(path, "we") else { return }
            usleep(100_000)
            fputs(text, pipe)
            fclose(pipe)
        }
        #expect(try Kubeconfig.read(path, purpose: "test")?.currentContext == "z")
    }

    @Test func givesUpOnAPipeNobodyWritesTo() throws {
        let path = directory.path(of: "pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let error = #expect(throws: FileError.self) { try readFile(path, patience: .milliseconds(200)) }
        #expect(error?.reason == "it is not whole after 0.2 seconds")
    }

    @Test(arguments: [#"Q0Ep\n"#, #"Q0\r\nEp\r\n"#, #"\nQ\n0\nE\np"#])
    func readsBase64WithLineBreaks(_ text: String) throws {
        let file = "clusters: [{name: c, cluster: {certificate-authority-data: \"\(text)\"}}]"
        let config = try Kubeconfig.parse(Array(file.utf8), file: "/k")
        #expect(config.clusters["c"]?.certificateAuthorityData?.bytes == Array("CA)".utf8))
    }

    @Test func resolvesPathsAgainstTheFileTheyStandIn() throws {
        let config = try merged([files[0], files[2]])
        #expect(config.clusters["a"]?.certificateAuthority == "\(directory.path)/one/pki/ca.crt")
        #expect(config.users["u"]?.clientCertificate == "\(directory.path)/u.crt")
        #expect(config.users["u"]?.clientKey == "/abs/u.key")
        #expect(config.users["w"]?.tokenFile == "\(directory.path)/two/tokens/w")
        #expect(config.users["e"]?.exec?.command == "\(directory.path)/one/bin/login")
        #expect(config.users["f"]?.exec?.command == "login")
    }

    @Test(arguments: [
        ("users: [{name: u, user: {token: [1]}}]", ": users[0].user.token: is not a string"),
        ("users: [{user: {}}]", ": users[0].name: is missing"),
        ("clusters: {a: b}", ": clusters: is not a list"),
        (
            "users: [{name: u, user: {client-key-data: \"s3cr3t!\"}}]",
            ": users[0].user.client-key-data: has an invalid value"
        ),
        ("clusters:\n- name: a\n  name: b", "3:3: this key is already set at line 2, column 3"),
        ("users: [{name: u, user: {token: !!int s3cr3t}}]", "1:33: the value cannot be read as !!int"),
        (
            "users: [{name: u, user: {password: *s3cr3t}}]",
            "1:36: an alias here has no anchor; quote the value if it is meant as text"
        ),
        ("a: [", ""),
    ])
    func saysWhereAFileIsWrongAndNeverWhatItHolds(_ text: String, _ problem: String) throws {
        let error = #expect(throws: KubeconfigError.self) { try Kubeconfig.parse(Array(text.utf8), file: "/k") }
        let message = try #require(error).description
        if problem.isEmpty {
            #expect(message.hasPrefix("/k:"))
        } else {
            #expect(message == "/k:\(problem.hasPrefix(":") ? " " + problem.dropFirst(2) : problem)")
        }
        #expect(!message.contains("s3cr3t"))
    }
}
