import ArgumentParser

/// etcdctl's flags for reaching etcd, under etcdctl's names. Where kubectl has a flag of the same name, the API server's
/// gets another one (`--kube-user`) or etcd's does (`--etcd-insecure-skip-tls-verify`): none ever concerns both.
struct EtcdFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Client URLs of etcd's members, separated by commas; may be repeated. Else ETCDCTL_ENDPOINTS",
            valueName: "urls"))
    var endpoints: [String] = []

    @Option(
        help: ArgumentHelp(
            "PEM file of the authorities that sign the members' certificates; else ETCDCTL_CACERT, else the system's",
            valueName: "file"), completion: .file())
    var cacert: String?

    @Option(
        help: ArgumentHelp("PEM file of our client certificate; else ETCDCTL_CERT", valueName: "file"),
        completion: .file())
    var cert: String?

    @Option(
        help: ArgumentHelp("PEM file of the certificate's private key; else ETCDCTL_KEY", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp(
            """
            User of etcd; else ETCDCTL_USER. Without a password here or elsewhere it is asked for. What is on the command \
            line is visible to other users of this machine
            """, valueName: "name[:password]"))
    var user: String?

    @Option(help: ArgumentHelp("The user's password, visible to other users of this machine", valueName: "password"))
    var password: String?

    @Option(
        help: ArgumentHelp("File whose first line is the user's password; else ETCDCTL_PASSWORD", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    @Flag(
        help: "Accept any certificate of etcd: what is read and the password can then be seen and changed on their way")
    var etcdInsecureSkipTLSVerify = false

    @Option(
        name: .customLong("etcd-server-name"),
        help: ArgumentHelp("Name to expect in the members' certificates, where it is not the URL's", valueName: "name"))
    var etcdServerName: String?

    @Option(
        help: ArgumentHelp(
            "Secret with etcd's client certificate (tls.crt, tls.key, ca.crt), in place of the one found by itself",
            valueName: "name"))
    var tlsSecret: String?

    @Option(help: "How long one call to a member may take, as 5s or 1m; not of the snapshot itself")
    var commandTimeout = "5s"

    /// Whether any says something of an etcd that is to be asked.
    var isGiven: Bool {
        let texts = [cacert, cert, key, user, password, passwordFile, etcdServerName, tlsSecret]
        return !endpoints.isEmpty || etcdInsecureSkipTLSVerify || texts.contains { $0 != nil }
    }

    func validate() throws {
        if cert == nil, key != nil { throw ValidationError("--key needs --cert") }
        if password != nil, passwordFile != nil {
            throw ValidationError("give --password or --password-file, not both")
        }
        if user?.contains(":") == true, password != nil || passwordFile != nil {
            throw ValidationError("the password is given twice: in --user and by itself")
        }
    }
}
