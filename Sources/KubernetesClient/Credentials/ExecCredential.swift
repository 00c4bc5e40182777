import EtcdRecoverModel
import FoundationEssentials
import HTTP

/// What a plugin is told, in `KUBERNETES_EXEC_INFO`.
enum ExecRequest {
    static func json(for plugin: ExecPlugin, interactive: Bool) throws -> String {
        let cluster = plugin.cluster.map { cluster in
            Body.Cluster(
                server: cluster.server, tlsServerName: cluster.tlsServerName,
                insecureSkipTLSVerify: cluster.insecureSkipTLSVerify ? true : nil,
                certificateAuthorityData: cluster.certificateAuthorities.map { Data($0) },
                proxyURL: cluster.proxyURL?.reveal(), config: cluster.config)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(apiVersion: plugin.apiVersion, spec: .init(interactive: interactive, cluster: cluster))
        return String(decoding: try encoder.encode(body), as: UTF8.self)
    }

    private struct Body: Encodable {
        struct Spec: Encodable {
            var interactive: Bool
            var cluster: Cluster?
        }
        struct Cluster: Encodable {
            var server: String
            var tlsServerName: String?
            var insecureSkipTLSVerify: Bool?
            var certificateAuthorityData: Data?
            var proxyURL: String?
            var config: JSONValue?

            enum CodingKeys: String, CodingKey {
                case server, config
                case tlsServerName = "tls-server-name"
                case insecureSkipTLSVerify = "insecure-skip-tls-verify"
                case certificateAuthorityData = "certificate-authority-data"
                case proxyURL = "proxy-url"
            }
        }
        var kind = "ExecCredential"
        var apiVersion: String
        var spec: Spec
    }
}

/// What a plugin answers.
struct ExecResult: Sendable {
    var token: SecretBytes?
    var certificate: ClientCertificate?
    /// Nil: for as long as the program runs, or until the server refuses it.
    var expiration: Date?

    init(_ output: [UInt8], of plugin: ExecPlugin, now: Date) throws(CredentialError) {
        func invalid(_ reason: String) -> CredentialError {
            .pluginOutputInvalid(command: plugin.command, reason: reason)
        }
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(output))
        } catch {
            let problem = DecodingProblem(error)
            throw invalid(problem.path.isEmpty ? problem.reason : "\(problem.path) \(problem.reason)")
        }
        guard body.kind == "ExecCredential" else { throw invalid("kind is not ExecCredential") }
        guard body.apiVersion == plugin.apiVersion else {
            let version = ExecPlugin.supportedVersions.first { $0 == body.apiVersion } ?? "another version"
            throw invalid("apiVersion is \(version), the kubeconfig asks for \(plugin.apiVersion)")
        }
        guard let status = body.status else { throw invalid("it has no status") }
        switch (status.clientCertificateData, status.clientKeyData) {
        case (let certificate?, let key?):
            self.certificate = ClientCertificate(chain: [UInt8](certificate.utf8), key: SecretBytes(key))
        case (nil, nil):
            break
        default:
            throw invalid("clientCertificateData and clientKeyData must come together")
        }
        token = status.token.map { SecretBytes($0) }
        guard token != nil || certificate != nil else { throw invalid("it has neither a token nor a certificate") }
        if let text = status.expirationTimestamp {
            guard let date = Timestamp(rawValue: text).date else {
                throw invalid("status.expirationTimestamp is not a time in RFC 3339")
            }
            guard date > now else {
                throw .pluginCredentialExpired(command: plugin.command, at: Timestamp(date).rawValue)
            }
            expiration = date
        }
    }

    private struct Body: Decodable {
        struct Status: Decodable {
            var token: String?
            var clientCertificateData: String?
            var clientKeyData: String?
            var expirationTimestamp: String?
        }
        var kind: String?
        var apiVersion: String?
        var status: Status?
    }
}
