import EtcdRecoverModel
import KubernetesClient

extension APIServerOptions {
    /// A client of the cluster that the flags and the kubeconfig name. Sends nothing yet.
    func connect(console: Console, warnings: ShownWarnings? = nil) throws -> KubernetesClient {
        let warnings = warnings ?? ShownWarnings(on: console)
        var configuration = try ClientConfiguration.load(flags())
        configuration.userAgent = "kubectl-etcdrecover/\(Version.current)"
        if insecureSkipTLSVerify {
            console.warning("the API server's certificate is not checked (--insecure-skip-tls-verify)")
        }
        return try KubernetesClient(configuration, onWarning: { warnings.show($0) })
    }

    /// The flags that a command after this one needs to mean the same object, as they are typed; each with a blank in
    /// front. Empty when none was given.
    var repeated: String {
        [("-n", namespace), ("--context", context), ("--kubeconfig", kubeconfig)].compactMap { flag, value in
            value.map { " \(flag) \($0.shellQuoted)" }
        }.joined()
    }

    private func flags() throws(CommandFailure) -> ConnectionFlags {
        var flags = ConnectionFlags()
        flags.kubeconfig = kubeconfig
        flags.context = context
        flags.cluster = kubeCluster
        flags.user = user
        flags.namespace = namespace
        flags.server = server
        flags.token = token
        flags.certificateAuthority = certificateAuthority
        flags.insecureSkipTLSVerify = insecureSkipTLSVerify ? true : nil
        flags.tlsServerName = tlsServerName
        flags.impersonatedUser = impersonatedUser
        flags.impersonatedGroups = impersonatedGroups
        flags.impersonatedUID = impersonatedUID
        flags.requestTimeout = try requestTimeout.map { text throws(CommandFailure) in
            let limit = try duration(text, flag: "--request-timeout")
            guard limit >= .zero else {
                throw CommandFailure("--request-timeout must not be negative; 0 is for no limit", status: .usage)
            }
            // kubectl's 0 stands for no limit; a day is none to a person, and every wait here ends.
            return limit == .zero ? .seconds(86400) : limit
        }
        return flags
    }
}

extension String {
    /// As one word of a POSIX shell.
    fileprivate var shellQuoted: String {
        let plain = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:@%+,".utf8.contains(byte)
            }
        }
        return !isEmpty && utf8.allSatisfy(plain) ? self : "'" + replacing("'", with: #"'\''"#) + "'"
    }
}
