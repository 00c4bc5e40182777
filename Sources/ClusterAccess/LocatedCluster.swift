package import EtcdClient

/// The members of an etcd on Kubernetes, as the API server tells of them: nothing has been connected to.
package struct LocatedCluster: Sendable {
    package struct Member: Hashable, Sendable {
        package var pod: String
        /// On the pod's loopback.
        package var listener: EtcdProcess.Listener
        /// What its certificate is checked against; nil leaves the name of the connection.
        package var serverName: String?
        /// Why it is not worth a connection; nil when its pod runs.
        package var trouble: String?
        /// Where clients are told to go; nil when it is not known.
        package var advertised: EtcdProcess.Listener?
        package var podIP: String?
    }

    package var target: EtcdTarget
    package var namespace: String
    package var members: [Member]
    package var tls: EtcdTLS
    package var login: EtcdClient.Login?
    /// Members there are meant to be, where the object says so.
    package var size: Int?
}

extension LocatedCluster.Member {
    /// For who is in the cluster's network: the URL that it advertises, by its name; where it advertises none that leads
    /// anywhere from another pod, its pod's address. Nil when neither is known.
    package var endpoint: EtcdEndpoint? {
        if let advertised, !advertised.takesLoopback { return EtcdEndpoint(advertised.url, serverName: serverName) }
        return podEndpoint
    }

    /// By the pod's address alone, which needs no DNS.
    package var podEndpoint: EtcdEndpoint? {
        guard let podIP, !podIP.isEmpty else { return nil }
        var place = listener
        place.host = podIP
        return EtcdEndpoint(place.url, serverName: serverName)
    }
}

extension EtcdProcess.Listener {
    /// `https://main-0.main.db.svc:2379`, an IPv6 address in brackets.
    package var url: String { "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
