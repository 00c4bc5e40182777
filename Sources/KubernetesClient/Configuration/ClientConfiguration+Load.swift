extension ClientConfiguration {
    /// From the flags and, in kubectl's order, the file of `--kubeconfig`, the files of `KUBECONFIG`, `~/.kube/config`, or
    /// the service account of the pod this runs in. Reads every file it names once, so that what is missing shows here.
    package static func load(
        _ flags: ConnectionFlags = ConnectionFlags(), environment: [String: String] = processEnvironment(),
        userAgent: String = "etcdrecover"
    ) throws(KubeconfigError) -> ClientConfiguration {
        var configuration = try load(flags, environment: environment, serviceAccount: ServiceAccount())
        configuration.userAgent = userAgent
        return configuration
    }

    static func load(
        _ flags: ConnectionFlags, environment: [String: String], serviceAccount: ServiceAccount
    ) throws(KubeconfigError) -> ClientConfiguration {
        let (kubeconfig, files) = try readFiles(flags, environment)
        if let kubeconfig {
            return try KubeconfigResolution(kubeconfig: kubeconfig, flags: flags, files: files).configuration()
        }
        if flags.context == nil, flags.cluster == nil, flags.user == nil, flags.server == nil,
            let configuration = try serviceAccount.configuration(environment, flags)
        {
            return configuration
        }
        guard flags.server != nil || flags.context != nil || flags.cluster != nil else {
            throw .nothingConfigured(searched: files)
        }
        return try KubeconfigResolution(kubeconfig: Kubeconfig(), flags: flags, files: []).configuration()
    }

    /// The merged files, nil when none of them exists, and which were looked for or read.
    private static func readFiles(
        _ flags: ConnectionFlags, _ environment: [String: String]
    ) throws(KubeconfigError) -> (Kubeconfig?, [String]) {
        if let path = flags.kubeconfig.nonEmpty {
            guard let kubeconfig = try Kubeconfig.read(path, purpose: "--kubeconfig") else {
                throw .cannotRead(file: path, purpose: "--kubeconfig", reason: "no such file or directory")
            }
            return (kubeconfig, [path])
        }
        let paths: [String]
        let purpose: String
        if let list = environment["KUBECONFIG"].nonEmpty {
            paths = list.split(separator: ":").map(String.init)
            purpose = "KUBECONFIG"
        } else {
            paths = environment["HOME"].nonEmpty.map { ["\($0)/.kube/config"] } ?? []
            purpose = "default kubeconfig"
        }
        var merged: Kubeconfig?
        var read: [String] = []
        for path in paths where !read.contains(path) {
            guard let next = try Kubeconfig.read(path, purpose: purpose) else { continue }
            read.append(path)
            if merged == nil { merged = next } else { merged?.merge(next) }
        }
        // Empty files are as good as none, so that a pod's service account is still found.
        if let found = merged, found.clusters.isEmpty, found.users.isEmpty, found.contexts.isEmpty { merged = nil }
        return (merged, merged == nil ? paths : read)
    }
}
