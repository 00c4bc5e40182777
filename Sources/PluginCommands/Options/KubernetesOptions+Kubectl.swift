extension APIServerOptions {
    /// The same choice of cluster, user and namespace in kubectl's flags, for a kubectl that we run.
    func kubectlFlags(namespace: String) -> [String] {
        var flags = ["--namespace", namespace]
        let valued = [
            ("--kubeconfig", kubeconfig), ("--context", context), ("--cluster", kubeCluster),
            ("--user", user), ("--server", server), ("--as", impersonatedUser),
            ("--as-uid", impersonatedUID), ("--certificate-authority", certificateAuthority),
            ("--tls-server-name", tlsServerName), ("--token", token),
        ]
        for (flag, value) in valued {
            if let value { flags += [flag, value] }
        }
        for group in impersonatedGroups { flags += ["--as-group", group] }
        if insecureSkipTLSVerify { flags.append("--insecure-skip-tls-verify") }
        return flags
    }
}
