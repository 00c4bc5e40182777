import HTTP

/// The service account that a pod finds mounted.
struct ServiceAccount {
    var directory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Nil outside of a pod.
    func configuration(
        _ environment: [String: String], _ flags: ConnectionFlags
    ) throws(KubeconfigError) -> ClientConfiguration? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"].nonEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"].nonEmpty
        else { return nil }
        let authorities: [UInt8]
        let namespace: String?
        do {
            guard try readFileIfPresent("\(directory)/token") != nil else { return nil }
            authorities = try readFile("\(directory)/ca.crt")
            namespace = try readFileIfPresent("\(directory)/namespace").map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw .inClusterIncomplete(reason: "\(directory): \(error.reason)")
        }
        var flagged = KubeconfigResolution(kubeconfig: Kubeconfig(), flags: flags, files: [])
        flagged.flags.server = host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
        var configuration = try flagged.configuration()
        if flags.certificateAuthority == nil, flags.insecureSkipTLSVerify != true {
            configuration.tls.certificateAuthorities = authorities
        }
        if flags.token == nil {
            configuration.credentials = CredentialSource(token: .file("\(directory)/token", fallback: nil))
        }
        let own = (namespace?.filter { !$0.isWhitespace }).nonEmpty
        configuration.namespace = flags.namespace.nonEmpty ?? own ?? "default"
        configuration.origin = .inCluster
        return configuration
    }
}
