/// Why no cluster can start with the members that the flags name. Worded as etcd words it, where it has words for it.
package enum MembershipError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownScheme(String)
    case noHostAndPort(String)
    case path(String)
    case notNameAndURL(String)
    case noMembers
    case noAdvertisedURLs
    case nameMissing(String)
    /// `missing` as `NAME=URL`, of the initial cluster.
    case notAdvertised([String], advertised: [PeerURL])
    case notInInitialCluster([PeerURL], of: String, initialCluster: InitialCluster)
    case duplicateURL(InitialCluster)
    /// Two members whose ids come out the same, or one whose id is 0.
    case unusableID(MemberID)

    package var description: String {
        switch self {
        case .unknownScheme(let url): "URL scheme must be http, https, unix, or unixs: \(url)"
        case .noHostAndPort(let url): "URL address does not have the form \"host:port\": \(url)"
        case .path(let url): "URL must not contain a path: \(url)"
        case .notNameAndURL(let item): "--initial-cluster has \"\(item)\" where NAME=URL is expected"
        case .noMembers: "--initial-cluster names no member"
        case .noAdvertisedURLs: "--initial-advertise-peer-urls names no URL"
        case .nameMissing(let name):
            "couldn't find local name \"\(name)\" in the initial cluster configuration"
        case .notAdvertised(let missing, let advertised):
            "--initial-cluster has \(missing.joined(separator: ",")) but missing from "
                + "--initial-advertise-peer-urls=\(joined(advertised))"
        case .notInInitialCluster(let missing, let name, let cluster):
            "--initial-advertise-peer-urls has \(joined(missing)) but missing from the URLs of \"\(name)\" in "
                + "--initial-cluster=\(cluster)"
        case .duplicateURL(let cluster): "initial cluster \(cluster) has duplicate url"
        case .unusableID(let id): "the id \(id) cannot be used; choose another --initial-cluster-token"
        }
    }

    private func joined(_ urls: [PeerURL]) -> String { urls.map(\.description).joined(separator: ",") }
}
