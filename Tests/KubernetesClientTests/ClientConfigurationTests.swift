import HTTP
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct ClientConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("sa")
        try directory.makeDirectory("home/.kube")
    }

    private static let config = """
        current-context: prod
        clusters:
        - {name: prod, cluster: {server: "https://prod:6443/", tls-server-name: api.prod, certificate-authority-data: Q0E=}}
        - {name: dev, cluster: {server: dev.example:8443, insecure-skip-tls-verify: true, proxy-url: "http://u:s3cr3t@proxy:1"}}
        - {name: both, cluster: {server: "https://b", insecure-skip-tls-verify: true, certificate-authority-data: Q0E=}}
        - {name: none, cluster: {}}
        - {name: lost, cluster: {server: "https://l", certificate-authority: lost.crt}}
        contexts:
        - {name: prod, context: {cluster: prod, user: admin, namespace: team}}
        - {name: dev, context: {cluster: dev, user: token}}
        - {name: nouser, context: {cluster: prod, user: gone}}
        - {name: nocluster, context: {cluster: gone, user: admin}}
        - {name: both, context: {cluster: both, user: admin}}
        - {name: none, context: {cluster: none, user: admin}}
        - {name: lost, context: {cluster: lost, user: admin}}
        users:
        - {name: admin, user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ, as: root, as-groups: [g]}}
        - {name: token, user: {token: s3cr3t-token}}
        - {name: basic, user: {username: me, password: s3cr3t-password}}
        - {name: two, user: {username: me, password: s3cr3t, token: s3cr3t}}
        - {name: half, user: {client-certificate-data: Q0VSVA==}}
        - {name: file, user: {tokenFile: nowhere/token}}
        - {name: old, user: {auth-provider: {name: gcp, config: {access-token: s3cr3t}}}}
        - {name: group, user: {as-groups: [g]}}
        - name: exec
          user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Never, env: [{name: K, value: s3cr3t}]}}
        - {name: exec0, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login}}}
        - {name: exec1, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: login}}}
        - {name: exec2, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1}}}
        """

    private func load(
        _ environment: [String: String] = [:], _ change: (inout ConnectionFlags) -> Void = { _ in }
    ) throws -> ClientConfiguration {
        var flags = ConnectionFlags()
        change(&flags)
        var environment = environment
        if environment.isEmpty { environment["KUBECONFIG"] = try directory.write(Self.config, to: "config") }
        return try ClientConfiguration.load(
            flags, environment: environment, serviceAccount: ServiceAccount(directory: "\(directory.path)/sa"))
    }

    @Test func takesTheCurrentContext() throws {
        let configuration = try load()
        #expect(configuration.server == "https://prod:6443")
        #expect(configuration.namespace == "team")
        #expect(configuration.tls.serverName == "api.prod")
        #expect(configuration.tls.certificateAuthorities == Array("CA".utf8))
        #expect(configuration.tls.verifiesPeer)
        #expect(configuration.impersonation == Impersonation(user: "root", groups: ["g"]))
        #expect(
            configuration.origin == .kubeconfig(files: ["\(directory.path)/config"], context: "prod"))
        let certificate = try configuration.credentials.certificate?.load()
        #expect(certificate?.chain == Array("CERT".utf8))
        #expect(certificate?.key == SecretBytes("KEY"))
    }

    @Test func letsFlagsWin() throws {
        let authority = try directory.write("OTHER", to: "other.crt")
        let configuration = try load {
            $0.context = "dev"
            $0.cluster = "prod"
            $0.server = "https://elsewhere/prefix/"
            $0.namespace = "mine"
            $0.certificateAuthority = authority
            $0.impersonatedUser = "jane"
            $0.requestTimeout = .seconds(7)
        }
        #expect(configuration.server == "https://elsewhere/prefix")
        #expect(configuration.tls.serverName == nil)
        #expect(configuration.tls.certificateAuthorities == Array("OTHER".utf8))
        #expect(configuration.namespace == "mine")
        #expect(configuration.requestTimeout == .seconds(7))
        #expect(configuration.impersonation == Impersonation(user: "jane"))
    }

    @Test func usesATokenFlagAlone() throws {
        let configuration = try load { $0.token = "s3cr3t" }
        #expect(configuration.credentials.certificate == nil)
        guard case .value(let token) = configuration.credentials.token else {
            Issue.record("no token")
            return
        }
        #expect(token == SecretBytes("s3cr3t"))
    }

    @Test func verifiesServersUnlessToldNot() throws {
        #expect(try load { $0.context = "dev" }.tls.verifiesPeer == false)
        #expect(
            try load {
                $0.context = "dev"; $0.insecureSkipTLSVerify = false
            }.tls.verifiesPeer)
        let insecure = try load { $0.insecureSkipTLSVerify = true }
        #expect(insecure.tls.verifiesPeer == false)
        #expect(insecure.tls.certificateAuthorities == nil)
    }

    @Test func takesTheClustersProxy() throws {
        guard case .url(let url) = try load([:], { $0.context = "dev" }).proxy else {
            Issue.record("no proxy")
            return
        }
        #expect(url == SecretBytes("http://u:s3cr3t@proxy:1"))
    }

    @Test(arguments: ["token", "basic", "exec"])
    func keepsSecretsOutOfEveryDescription(_ user: String) throws {
        let configuration = try load {
            $0.user = user; $0.cluster = "dev"
        }
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("s3cr3t"))
        }
    }

    @Test(arguments: [
        (
            "context", "nope",
            "context \"nope\" does not exist in the kubeconfig; it has both, dev, lost, nocluster, none, nouser, prod"
        ),
        (
            "context", "nouser",
            "context \"nouser\" names user \"gone\", which the kubeconfig does not have; it has admin, basic, exec, exec0, exec1, exec2, file, group, half, old, token, two"
        ),
        (
            "context", "nocluster",
            "context \"nocluster\" names cluster \"gone\", which the kubeconfig does not have; it has both, dev, lost, none, prod"
        ),
        (
            "context", "both",
            "cluster \"both\" has a certificate authority and insecure-skip-tls-verify; remove one of them"
        ),
        ("context", "none", "cluster \"none\" has no server; set its URL or give --server"),
        (
            "context", "lost",
            "cannot read DIR/lost.crt (certificate-authority of cluster \"lost\"): no such file or directory"
        ),
        (
            "user", "nope",
            "user \"nope\" does not exist in the kubeconfig; it has admin, basic, exec, exec0, exec1, exec2, file, group, half, old, token, two"
        ),
        ("user", "two", "user \"two\" has a token and a user name with password; remove one of them"),
        ("user", "half", "user \"half\" has a client certificate without its key"),
        ("user", "file", "cannot read DIR/nowhere/token (tokenFile of user \"file\"): no such file or directory"),
        (
            "user", "old",
            "user \"old\" uses the auth-provider \"gcp\", which Kubernetes removed; move it to the exec plugin of the same vendor"
        ),
        ("user", "group", "impersonating a group, a UID or extra values needs a user too: give --as"),
        (
            "user", "exec0",
            "the exec plugin of user \"exec0\": interactiveMode must be set with client.authentication.k8s.io/v1"
        ),
        (
            "user", "exec1",
            "the exec plugin of user \"exec1\": apiVersion client.authentication.k8s.io/v1alpha1 is not supported, only client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1; update the plugin and its entry in the kubeconfig"
        ),
        ("user", "exec2", "the exec plugin of user \"exec2\": it has no command"),
        ("kubeconfig", "/nowhere/config", "cannot read /nowhere/config (--kubeconfig): no such file or directory"),
        (
            "server", "https://me:pw@host",
            "the API server's URL is not usable: it must not carry a user or password; put them in the kubeconfig's user"
        ),
        ("server", "ftp://host", "the API server's URL is not usable: its scheme must be https or http"),
    ])
    func namesWhatIsWrong(_ flag: String, _ value: String, _ message: String) throws {
        let error = #expect(throws: KubeconfigError.self) {
            try load { flags in
                switch flag {
                case "context": flags.context = value
                case "user": flags.user = value
                case "kubeconfig": flags.kubeconfig = value
                default: flags.server = value
                }
            }
        }
        #expect(error?.description == message.replacing("DIR", with: directory.path))
    }

    @Test func needsAContextWhereSeveralMayBeMeant() throws {
        let file = try directory.write("contexts: [{name: a, context: {}}, {name: b, context: {}}]", to: "c")
        let error = #expect(throws: KubeconfigError.self) { try load(["KUBECONFIG": file]) }
        #expect(error?.description == "no current context is set; choose one with --context; it has a, b")
    }

    @Test func saysWhereItLookedWhenNothingIsConfigured() throws {
        let error = #expect(throws: KubeconfigError.self) { try load(["HOME": "/nowhere"]) }
        #expect(
            error?.description
                == "no cluster is configured: looked for /nowhere/.kube/config and for a service account; "
                + "set KUBECONFIG or give --kubeconfig")
    }

    @Test func fallsBackToThePodsServiceAccount() throws {
        try directory.write("t0ken", to: "sa/token")
        try directory.write("CA", to: "sa/ca.crt")
        try directory.write("own\n", to: "sa/namespace")
        let environment = [
            "KUBECONFIG": "/nowhere/config", "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443",
        ]
        let configuration = try load(environment)
        #expect(configuration.server == "https://[fd00::1]:443")
        #expect(configuration.namespace == "own")
        #expect(configuration.origin == .inCluster)
        #expect(configuration.tls.certificateAuthorities == Array("CA".utf8))
        guard case .file(let path, nil) = configuration.credentials.token else {
            Issue.record("no token file")
            return
        }
        #expect(path == "\(directory.path)/sa/token")
        #expect(try load(environment) { $0.namespace = "other" }.namespace == "other")
    }

    @Test func prefersAKubeconfigToTheServiceAccount() throws {
        try directory.write("t0ken", to: "sa/token")
        try directory.write("CA", to: "sa/ca.crt")
        let home = try directory.write(Self.config, to: "home/.kube/config")
        let configuration = try load([
            "HOME": String(home.dropLast("/.kube/config".count)), "KUBERNETES_SERVICE_HOST": "10.0.0.1",
            "KUBERNETES_SERVICE_PORT": "443",
        ])
        #expect(configuration.server == "https://prod:6443")
    }
}
