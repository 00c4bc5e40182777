/// What a user says on the command line about the connection, in kubectl's words. Nil: not said.
package struct ConnectionFlags: Sendable {
    /// `--kubeconfig`: the only file read, and it must exist.
    package var kubeconfig: String?
    package var context: String?
    package var cluster: String?
    package var user: String?
    package var namespace: String?
    package var server: String?
    /// `--token`: the only credential used, unlike in kubectl, where a client certificate silently outranks it.
    package var token: String?
    /// A file of PEM certificates.
    package var certificateAuthority: String?
    package var insecureSkipTLSVerify: Bool?
    package var tlsServerName: String?
    /// `--as`
    package var impersonatedUser: String?
    /// `--as-group`
    package var impersonatedGroups: [String] = []
    /// `--as-uid`
    package var impersonatedUID: String?
    package var requestTimeout: Duration?

    package init() {}
}
