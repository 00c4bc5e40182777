import EtcdClient
import FoundationEssentials
import HTTP
import TestSupport

extension EtcdCluster {
    /// A client of all members, or of `members`, with the certificate of `leaf` and the cluster's authority.
    func client(
        _ members: [EtcdMember]? = nil, tls certificates: EtcdCertificates? = nil,
        as leaf: EtcdCertificates.Leaf? = .root, login: EtcdClient.Login? = nil, deadline: Duration = .seconds(20)
    ) throws -> EtcdClient {
        var tls = TLSOptions()
        if let certificates {
            tls.certificateAuthorities = try bytes(of: certificates.authority)
            tls.clientCertificate = try leaf.map {
                ClientCertificate(
                    chain: try bytes(of: certificates.certificate($0)),
                    key: SecretBytes(try bytes(of: certificates.key($0))))
            }
        }
        return try EtcdClient(
            EtcdClient.Configuration(
                endpoints: (members ?? self.members).map(\.clientEndpoint), tls: tls, login: login, deadline: deadline))
    }
}

extension EtcdMember {
    var clientEndpoint: EtcdEndpoint { EtcdEndpoint(clientURL) }
}

func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
}

extension Array where Element == UInt8 {
    init(_ text: String) { self = Array(text.utf8) }
}

/// The error of a call that must fail.
func failure(
    isolation: isolated (any Actor)? = #isolation, of call: () async throws -> some Any
) async throws -> EtcdError {
    do { _ = try await call() } catch let error as EtcdError { return error }
    throw MissingPart("the call did not fail")
}
