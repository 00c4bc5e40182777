import HTTP

/// Turns a kubeconfig's user into a credential source, checking that its files can be read.
struct UserCredentials {
    var user: Kubeconfig.User
    var name: String
    var flags: ConnectionFlags

    func source(for cluster: ExecPlugin.ClusterInfo) throws(KubeconfigError) -> CredentialSource {
        // A client certificate would outrank the token in the API server, unseen.
        if let token = flags.token.nonEmpty { return CredentialSource(token: .value(SecretBytes(token))) }
        if let provider = user.authProvider {
            throw .authProvider(user: name, name: provider.name ?? "")
        }
        let token = try tokenSource()
        let basic = user.username.nonEmpty.map {
            BasicCredentials(user: $0, password: SecretBytes(user.password ?? ""))
        }
        guard token == nil || basic == nil else {
            throw .conflict("user \"\(name)\" has a token and a user name with password; remove one of them")
        }
        return CredentialSource(
            certificate: try certificate(), token: token, basic: basic, exec: try exec(cluster))
    }

    private func tokenSource() throws(KubeconfigError) -> TokenSource? {
        let token = user.token.nonEmpty.map { SecretBytes($0) }
        guard let file = user.tokenFile.nonEmpty else { return token.map { .value($0) } }
        if token == nil { try check(file, "tokenFile") }
        return .file(file, fallback: token)
    }

    private func certificate() throws(KubeconfigError) -> CertificateSource? {
        let certificate = part(user.clientCertificateData?.bytes, user.clientCertificate)
        let key = part(user.clientKeyData?.bytes, user.clientKey)
        switch (certificate, key) {
        case (let certificate?, let key?):
            if case .file(let path) = certificate { try check(path, "client-certificate") }
            if case .file(let path) = key { try check(path, "client-key") }
            return CertificateSource(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (_?, nil): throw .conflict("user \"\(name)\" has a client certificate without its key")
        case (nil, _?): throw .conflict("user \"\(name)\" has a client key without its certificate")
        }
    }

    /// Data outranks a file.
    private func part(_ data: [UInt8]?, _ file: String?) -> CertificateSource.Part? {
        if let data, !data.isEmpty { return .bytes(SecretBytes(data)) }
        return file.nonEmpty.map { .file($0) }
    }

    private func check(_ file: String, _ field: String) throws(KubeconfigError) {
        do {
            _ = try readFile(file)
        } catch {
            throw .cannotRead(file: file, purpose: "\(field) of user \"\(name)\"", reason: error.reason)
        }
    }

    private func exec(_ cluster: ExecPlugin.ClusterInfo) throws(KubeconfigError) -> ExecPlugin? {
        guard let exec = user.exec else { return nil }
        func invalid(_ reason: String) -> KubeconfigError { .invalidExec(user: name, reason: reason) }
        guard let command = exec.command.nonEmpty else { throw invalid("it has no command") }
        guard let version = exec.apiVersion.nonEmpty else { throw invalid("it has no apiVersion") }
        guard ExecPlugin.supportedVersions.contains(version) else {
            throw invalid(
                "apiVersion \(version) is not supported, only \(ExecPlugin.supportedVersions.joined(separator: " and ")); "
                    + "update the plugin and its entry in the kubeconfig")
        }
        let mode: ExecPlugin.InteractiveMode
        switch exec.interactiveMode.nonEmpty {
        case let text?:
            guard let known = ExecPlugin.InteractiveMode(rawValue: text) else {
                throw invalid("interactiveMode must be Never, IfAvailable or Always")
            }
            mode = known
        case nil:
            guard version.hasSuffix("/v1beta1") else { throw invalid("interactiveMode must be set with \(version)") }
            mode = .ifAvailable
        }
        return ExecPlugin(
            command: command, arguments: exec.args ?? [],
            environment: Dictionary((exec.env ?? []).map { ($0.name, SecretBytes($0.value ?? "")) }) { $1 },
            apiVersion: version, interactiveMode: mode, installHint: exec.installHint.nonEmpty,
            cluster: exec.provideClusterInfo == true ? cluster : nil)
    }
}
