import ArgumentParser

/// kubectl's flags for choosing a cluster and a user, under kubectl's names but one: `--cluster` means an EtcdCluster
/// here, so the kubeconfig's cluster is `--kube-cluster`.
typealias ConnectionOptions = APIServerOptions<KubectlUserFlag>

/// The same for commands that speak to etcd too, where `--user` is etcd's.
typealias KubernetesOptions = APIServerOptions<KubeUserFlag>

/// What the flag for the kubeconfig's user is called.
protocol UserFlag: SendableMetatype {
    static var name: NameSpecification { get }
    static var help: ArgumentHelp { get }
}

enum KubectlUserFlag: UserFlag {
    static var name: NameSpecification { .customLong("user") }
    static var help: ArgumentHelp { "Name of the kubeconfig user to use" }
}

enum KubeUserFlag: UserFlag {
    static var name: NameSpecification { .customLong("kube-user") }
    static var help: ArgumentHelp {
        ArgumentHelp(
            "Name of the kubeconfig user to use; kubectl calls it --user, which here is etcd's", valueName: "user")
    }
}

// One group and no groups within: ArgumentParser's help takes twice as long for every level of them.
struct APIServerOptions<User: UserFlag>: ParsableArguments {
    @Option(help: "Path of the kubeconfig file; else the files in KUBECONFIG, else ~/.kube/config", completion: .file())
    var kubeconfig: String?

    @Option(help: "Name of the kubeconfig context to use")
    var context: String?

    @Option(
        help: ArgumentHelp(
            "Name of the kubeconfig cluster to use; kubectl calls it --cluster, which here names an EtcdCluster",
            valueName: "cluster"))
    var kubeCluster: String?

    @Option(name: User.name, help: User.help)
    var user: String?

    @Option(
        name: [.customShort("n", allowingJoined: true), .long],
        help: "Namespace; else the context's, else default")
    var namespace: String?

    @Option(name: [.customShort("s"), .long], help: ArgumentHelp("URL of the Kubernetes API server", valueName: "url"))
    var server: String?

    @Option(name: .customLong("as"), help: ArgumentHelp("User to impersonate", valueName: "user"))
    var impersonatedUser: String?

    @Option(
        name: .customLong("as-group"), help: ArgumentHelp("Group to impersonate; may be repeated", valueName: "group"))
    var impersonatedGroups: [String] = []

    @Option(name: .customLong("as-uid"), help: ArgumentHelp("UID to impersonate", valueName: "uid"))
    var impersonatedUID: String?

    @Option(help: "How long one request may take, as 30s or 2m; 0 for no limit")
    var requestTimeout: String?

    @Option(help: ArgumentHelp("PEM file of the authorities to trust", valueName: "file"), completion: .file())
    var certificateAuthority: String?

    @Flag(help: "Accept any certificate of the API server: the connection can then be read and changed on its way")
    var insecureSkipTLSVerify = false

    @Option(
        name: .customLong("tls-server-name"),
        help: ArgumentHelp("Name to expect in the API server's certificate", valueName: "name"))
    var tlsServerName: String?

    @Option(help: "Bearer token; visible to other users of this machine, so prefer the kubeconfig")
    var token: String?
}
