package import ClusterAccess
package import EtcdClient

/// How the members of an etcd are reached from where the controller runs.
package struct MemberDial: Sendable {
    package var endpoint: @Sendable (LocatedCluster.Member) -> EtcdEndpoint?

    package init(_ endpoint: @escaping @Sendable (LocatedCluster.Member) -> EtcdEndpoint?) {
        self.endpoint = endpoint
    }

    /// By the URLs that members advertise, as pods reach each other.
    package static let advertised = MemberDial { $0.endpoint }
    /// By their pods' addresses, where the cluster's names do not resolve.
    package static let podAddress = MemberDial { $0.podEndpoint }
}
