/// Why there is no usable connection configuration. No case carries a credential.
package enum KubeconfigError: Error, Equatable, Sendable {
    /// `purpose`: `--kubeconfig`, `certificate-authority of cluster "a"`.
    case cannotRead(file: String, purpose: String, reason: String)
    /// `problem` starts with line and column, or with the path of the field.
    case malformed(file: String, problem: String)
    case nothingConfigured(searched: [String])
    case noCurrentContext(available: [String])
    case noSuchContext(String, available: [String])
    /// `kind`: `cluster` or `user`. `context` is nil when a flag named it.
    case noSuchEntry(kind: String, name: String, context: String?, available: [String])
    case noServer(cluster: String)
    case invalidServer(reason: String)
    case conflict(String)
    case authProvider(user: String, name: String)
    case invalidExec(user: String, reason: String)
    case inClusterIncomplete(reason: String)
}

extension KubeconfigError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotRead(let file, let purpose, let reason):
            "cannot read \(file) (\(purpose)): \(reason)"
        case .malformed(let file, let problem):
            "\(file):\(problem)"
        case .nothingConfigured(let searched):
            "no cluster is configured: looked for \(searched.joined(separator: ", ")) and for a service account; "
                + "set KUBECONFIG or give --kubeconfig"
        case .noCurrentContext(let available):
            "no current context is set; choose one with --context\(list(available))"
        case .noSuchContext(let name, let available):
            "context \"\(name)\" does not exist in the kubeconfig\(list(available))"
        case .noSuchEntry(let kind, let name, let context?, let available):
            "context \"\(context)\" names \(kind) \"\(name)\", which the kubeconfig does not have\(list(available))"
        case .noSuchEntry(let kind, let name, nil, let available):
            "\(kind) \"\(name)\" does not exist in the kubeconfig\(list(available))"
        case .noServer(let cluster):
            "cluster \"\(cluster)\" has no server; set its URL or give --server"
        case .invalidServer(let reason):
            "the API server's URL is not usable: \(reason)"
        case .conflict(let reason):
            reason
        case .authProvider(let user, let name):
            "user \"\(user)\" uses the auth-provider \"\(name)\", which Kubernetes removed; "
                + "move it to the exec plugin of the same vendor"
        case .invalidExec(let user, let reason):
            "the exec plugin of user \"\(user)\": \(reason)"
        case .inClusterIncomplete(let reason):
            "in-cluster configuration: \(reason)"
        }
    }

    private func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "" }
        let shown = names.sorted().prefix(20).joined(separator: ", ")
        return "; it has \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")"
    }
}
