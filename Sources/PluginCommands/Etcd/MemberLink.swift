import EtcdClient
import HTTP

/// The way to one member of etcd, or why there is none.
struct MemberLink: Sendable {
    /// For a person: the endpoint, or the pod.
    var name: String
    /// Nil when there is no way.
    var endpoint: EtcdEndpoint?
    /// Why there is no way, or what the tunnel there complains of; nil when nothing is known.
    var trouble: @Sendable () -> String? = { nil }

    /// For one without a way.
    var whyNot: String { "\(name): \(trouble() ?? "there is no way to it")" }
}

/// How a command reaches etcd: by its endpoints, or by the name of its object through kubectl.
struct EtcdAccess: Sendable {
    var links: [MemberLink]
    var tls: TLSOptions
    var login: EtcdLogin?
    /// Of one call to a member.
    var callLimit: Duration
    /// Whether the URLs that members advertise lead anywhere from here; those of pods do not.
    var reachesAdvertised: Bool
    /// Whether the links are all there is: a member without one has no pod.
    var isComplete = false
    /// Namespace and name of the object it was found by; nil by endpoints, and for one pod.
    var cluster: String?
    /// Voters there are meant to be, where an object says so.
    var size: Int?
}
