import EtcdRecoverModel
import SnapshotFile

extension RestoreRequest {
    /// To lay a member as its order and the settings of its etcd say.
    /// - Parameter snapshot: what it is called, where it goes wrong.
    init(of snapshot: String, for environment: AgentEnvironment) throws(AgentFailure) {
        let (order, identity) = (environment.order, environment.identity)
        self.init(snapshot: snapshot)
        name = identity.name
        initialCluster = try environment.laidCluster
        advertisedPeerURLs = identity.advertisedPeerURLs
        token = environment.token
        dataDirectory = identity.dataDirectory
        walDirectory = identity.walDirectory
        bumpRevision = order.revisionBump
        marksCompacted = order.revisionBump > 0
        targetVersion = order.version.flatMap(EtcdVersion.init).flatMap { TargetVersion("\($0.major).\($0.minor)") }
        removesLeftovers = true
        if order.recovery != nil { displaces = environment.asideName }
    }
}

extension AgentEnvironment {
    /// The members that the data are to know: this one alone, or all that start together.
    fileprivate var laidCluster: String {
        get throws(AgentFailure) {
            guard order.recovery?.laysAllMembers == true else { return identity.soleCluster }
            guard let all = identity.initialCluster, identity.peerURLs(of: identity.name) != nil else {
                throw AgentFailure(
                    .unsupportedMember,
                    "the --initial-cluster of pod \(pod.base)-\(pod.ordinal) does not name \(identity.name): all members of "
                        + "the cluster are laid together, so each has to know all of them")
            }
            return all
        }
    }
}
