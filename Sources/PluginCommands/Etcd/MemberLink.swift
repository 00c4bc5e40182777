import HTTP

/// The way to one member of etcd, or why there is none.
struct MemberLink: Sendable {
    /// For a person: the endpoint, or the pod.
    var name: String
    /// Nil when there is no way.
    var url: String?
    var tls: TLSOptions
    /// Why there is no way, or what the tunnel there complains of; nil when nothing is known.
    var trouble: @Sendable () -> String? = { nil }
}

/// How commands reach etcd: by its endpoints, or by the name of its object through kubectl.
struct EtcdAccess: Sendable {
    var links: [MemberLink]
    var login: EtcdLogin?
    /// Of one call to a member.
    var callLimit: Duration
    /// What TLS with members needs that are found only later, through the others. Nil where their URLs lead nowhere from
    /// here, as behind port-forwards.
    var furtherTLS: EtcdTLS?
}
