import EtcdRecoverModel
import HTTP

/// Picks context, cluster and user out of a kubeconfig, with the flags on top.
struct KubeconfigResolution {
    var kubeconfig: Kubeconfig
    var flags: ConnectionFlags
    var files: [String]

    func configuration() throws(KubeconfigError) -> ClientConfiguration {
        let (contextName, context) = try chosenContext()
        let cluster = try chosenCluster(context, contextName)
        let user = try chosenUser(context, contextName)
        let server = try ServerURL.normalized(cluster.server ?? "")
        let tls = try tlsOptions(cluster.value, name: cluster.name)
        let proxy = cluster.value.proxyURL.nonEmpty.map { SecretBytes($0) }
        let info = ExecPlugin.ClusterInfo(
            server: server, tlsServerName: tls.serverName, insecureSkipTLSVerify: !tls.verifiesPeer,
            certificateAuthorities: tls.certificateAuthorities, proxyURL: proxy,
            config: cluster.value.extensions?.first { $0.name == "client.authentication.k8s.io/exec" }?.extension)
        return ClientConfiguration(
            server: server, tls: tls,
            credentials: try UserCredentials(user: user.value, name: user.name, flags: flags).source(for: info),
            impersonation: try impersonation(user.value, name: user.name),
            namespace: flags.namespace.nonEmpty ?? context.namespace.nonEmpty ?? "default",
            proxy: proxy.map { .url($0) } ?? .environment, requestTimeout: flags.requestTimeout,
            origin: files.isEmpty ? .flags : .kubeconfig(files: files, context: contextName))
    }

    private func chosenContext() throws(KubeconfigError) -> (String?, Kubeconfig.Context) {
        guard let name = flags.context.nonEmpty ?? kubeconfig.currentContext else {
            guard flags.cluster.nonEmpty != nil || flags.server.nonEmpty != nil else {
                throw .noCurrentContext(available: [String](kubeconfig.contexts.keys))
            }
            return (nil, Kubeconfig.Context())
        }
        guard let context = kubeconfig.contexts[name] else {
            throw .noSuchContext(name, available: [String](kubeconfig.contexts.keys))
        }
        return (name, context)
    }

    private func chosenCluster(
        _ context: Kubeconfig.Context, _ contextName: String?
    ) throws(KubeconfigError) -> (name: String, value: Kubeconfig.Cluster, server: String?) {
        let name = flags.cluster.nonEmpty ?? context.cluster.nonEmpty
        var cluster = Kubeconfig.Cluster()
        if let name {
            guard let found = kubeconfig.clusters[name] else {
                throw .noSuchEntry(
                    kind: "cluster", name: name, context: flags.cluster.nonEmpty == nil ? contextName : nil,
                    available: [String](kubeconfig.clusters.keys))
            }
            cluster = found
        }
        if let server = flags.server.nonEmpty {
            cluster.server = server
            // It was the name of the other server.
            cluster.tlsServerName = nil
        }
        guard cluster.server.nonEmpty != nil else { throw .noServer(cluster: name ?? "") }
        return (name ?? "", cluster, cluster.server)
    }

    private func chosenUser(
        _ context: Kubeconfig.Context, _ contextName: String?
    ) throws(KubeconfigError) -> (name: String, value: Kubeconfig.User) {
        guard let name = flags.user.nonEmpty ?? context.user.nonEmpty else { return ("", Kubeconfig.User()) }
        guard let user = kubeconfig.users[name] else {
            throw .noSuchEntry(
                kind: "user", name: name, context: flags.user.nonEmpty == nil ? contextName : nil,
                available: [String](kubeconfig.users.keys))
        }
        return (name, user)
    }

    private func tlsOptions(_ cluster: Kubeconfig.Cluster, name: String) throws(KubeconfigError) -> TLSOptions {
        var cluster = cluster
        if let file = flags.certificateAuthority.nonEmpty {
            guard flags.insecureSkipTLSVerify != true else {
                throw .conflict("--certificate-authority and --insecure-skip-tls-verify exclude each other")
            }
            cluster.certificateAuthority = file
            cluster.certificateAuthorityData = nil
            cluster.insecureSkipTLSVerify = false
        } else if let insecure = flags.insecureSkipTLSVerify {
            cluster.insecureSkipTLSVerify = insecure
            if insecure {
                cluster.certificateAuthority = nil
                cluster.certificateAuthorityData = nil
            }
        }
        let data = cluster.certificateAuthorityData.flatMap { $0.bytes.isEmpty ? nil : $0.bytes }
        let isInsecure = cluster.insecureSkipTLSVerify == true
        guard !isInsecure || (data == nil && cluster.certificateAuthority.nonEmpty == nil) else {
            throw .conflict(
                "cluster \"\(name)\" has a certificate authority and insecure-skip-tls-verify; remove one of them")
        }
        var authorities = data
        if authorities == nil, let file = cluster.certificateAuthority.nonEmpty {
            do {
                authorities = try readFile(file)
            } catch {
                throw .cannotRead(
                    file: file, purpose: "certificate-authority of cluster \"\(name)\"", reason: error.reason)
            }
        }
        return TLSOptions(
            certificateAuthorities: authorities,
            serverName: flags.tlsServerName.nonEmpty ?? cluster.tlsServerName.nonEmpty, verifiesPeer: !isInsecure)
    }

    private func impersonation(_ user: Kubeconfig.User, name: String) throws(KubeconfigError) -> Impersonation? {
        // Flags replace the file's whole impersonation, so that no group of one stays with the user of the other.
        let isFlagged =
            flags.impersonatedUser.nonEmpty != nil || flags.impersonatedUID.nonEmpty != nil
            || !flags.impersonatedGroups.isEmpty
        let asked = isFlagged ? flags.impersonatedUser.nonEmpty : user.impersonatedUser.nonEmpty
        let uid = isFlagged ? flags.impersonatedUID.nonEmpty : user.impersonatedUID.nonEmpty
        let groups = isFlagged ? flags.impersonatedGroups : user.impersonatedGroups ?? []
        let extra = isFlagged ? [:] : user.impersonatedExtra ?? [:]
        guard let asked else {
            guard uid == nil, groups.isEmpty, extra.isEmpty else {
                throw .conflict("impersonating a group, a UID or extra values needs a user too: give --as")
            }
            return nil
        }
        return Impersonation(user: asked, uid: uid, groups: groups, extra: extra)
    }
}
