extension KubernetesOptions {
    /// The same choice of cluster, user and namespace in kubectl's flags, for a kubectl that we run.
    func kubectlFlags(namespace: String) -> [String] {
        var flags = ["--namespace", namespace]
        let valued = [
            ("--kubeconfig", server.kubeconfig), ("--context", server.context), ("--cluster", server.kubeCluster),
            ("--user", kubeUser), ("--server", server.server), ("--as", server.impersonatedUser),
            ("--as-uid", server.impersonatedUID), ("--certificate-authority", server.certificateAuthority),
            ("--tls-server-name", server.tlsServerName), ("--token", server.token),
        ]
        for (flag, value) in valued {
            if let value { flags += [flag, value] }
        }
        for group in server.impersonatedGroups { flags += ["--as-group", group] }
        if server.insecureSkipTLSVerify { flags.append("--insecure-skip-tls-verify") }
        return flags
    }
}
