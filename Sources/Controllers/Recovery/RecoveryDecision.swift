import EtcdClient
import EtcdRecoverModel
import FoundationEssentials

/// What is known of one EtcdRecovery.
struct RecoveryObservation: Sendable {
    var recovery: EtcdRecovery
    /// Nil where nobody could look: of that nothing follows.
    var evidence: ClusterEvidence?
    /// There is no such cluster any more.
    var isClusterGone = false
    /// An earlier recovery of the cluster that failed when its members had been stopped: what it has kept is what there is.
    var earlier: EtcdRecovery?
    /// A later one that has brought the cluster back.
    var isSuperseded = false
    /// For how long a majority has been missing that was rebuilt before, as this process has seen it.
    var lostAgain: Duration?
    /// Where copies go, by the spec, by the cluster's newest backup, or for want of both.
    var destination: RescuePlace?
    /// The controller's own volume, where it has one.
    var volume: EtcdRecovery.RescueServer?
    /// What kept the step before from being done, in this process.
    var setback: Failure?
    /// Members whose copy was tried in vain, in this process.
    var uncopied: [String: Failure] = [:]
    /// Of them, those whose data an etcd had open each time.
    var locked: Set<String> = []
    /// Another of the same cluster, made before and not ended.
    var rival: String?
    /// Another of the same cluster has failed, and nobody has read why.
    var hasFailedBefore = false
    var now: Date
}

/// What to do next about an EtcdRecovery.
enum RecoveryStep: Hashable, Sendable {
    /// Nothing, until something changes.
    case rest
    case wait(Duration)
    case write(EtcdRecovery.Status, News?)
    /// Write where it stands, and look again after a while.
    case tell(EtcdRecovery.Status, Duration)
    case addFinalizer, removeFinalizer
    /// Take its copies off the controller's volume, and then the finalizer away.
    case discardCopies
    /// Take a snapshot of each of these members into the store.
    case copy([String])
    /// Have a pod beside this member, whose etcd does not run, put its database into the store.
    case copyVolume(String)
    /// Have the cluster's pods pass by us, see that they do, and write down that the members are about to be stopped.
    case arm
    /// As before, and then scale it down and delete these pods.
    case rebuild(replicas: Int?, pods: [String])
    /// Ask all members what they have.
    case verify
}

extension RecoveryObservation {
    func nextStep(_ policy: RecoveryPolicy) -> RecoveryStep {
        guard let phase = recovery.status?.phase else {
            return recovery.metadata.deletionTimestamp == nil ? .write(recovery.begun(at: now), nil) : .rest
        }
        if phase.isTerminal { return keepRecord(policy) }
        // Once it is on its way it is brought to its end, also where the record is to go.
        if recovery.metadata.deletionTimestamp != nil {
            if !hasFinalizer { return .rest }
            if phase.isBeforeRebuilding { return end(.cancelled, "it was deleted; nothing was changed") }
        }
        if recovery.spec?.aborted == true, phase.isBeforeRebuilding {
            return end(.cancelled, "called off by a person; nothing was changed")
        }
        if isClusterGone {
            let isChanged = recovery.status?.stoppedTime != nil
            return isChanged
                ? fail(Self.gone(recovery.clusterName)) : end(.cancelled, "\(recovery.clusterName) is gone")
        }
        if phase.isBeforeRebuilding, let other = rival ?? revived {
            return say("EtcdRecovery \(other) is of the same cluster, and goes first", policy.look)
        }
        if let setback, !setback.mayPass, phase.isBeforeRebuilding { return fail(setback) }
        // Pods that are made from here on are sent to whoever has the copies now.
        if let server = recovery.status?.rescueServer, let volume, server != volume {
            var next = recovery.status ?? EtcdRecovery.Status()
            next.rescueServer = volume
            return .write(next, nil)
        }
        switch phase {
        case .detecting: return detect(policy)
        case .awaitingApproval: return awaitApproval(policy)
        case .snapshotting: return copy(policy)
        case .rebuilding: return rebuild(policy)
        case .scalingOut: return scaleOut(policy)
        // Of a newer version.
        default: return .rest
        }
    }
}
