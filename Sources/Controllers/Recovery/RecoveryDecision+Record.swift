import EtcdRecoverModel

// How long the record of a recovery is held.
extension RecoveryObservation {
    /// Held while members are taken apart, since whoever deletes the record then would leave the cluster between two states;
    /// and while the controller's volume has copies of it, which nobody else knows of.
    static let finalizer = "etcdrecover.operator.etcd.io/recovery"

    var hasFinalizer: Bool { recovery.metadata.finalizers?.contains(Self.finalizer) == true }

    /// Of one that has ended.
    func keepRecord(_ policy: RecoveryPolicy) -> RecoveryStep {
        if recovery.isToBeAcknowledged { return .write(recovery.acknowledged(at: now), Self.acknowledged) }
        guard hasFinalizer else { return .rest }
        // It keeps members from starting empty, until the cluster is gone or is brought back.
        let isNeeded = recovery.leavesMembersStopped && !isClusterGone && !isSuperseded
        if isNeeded {
            // Somebody has mended what kept its member from starting: it goes on, and is not over.
            return evidence.flatMap(takeUp) ?? .wait(policy.sweep)
        }
        // Also where nobody came to write down that a copy is there.
        let isOnVolume = recovery.status?.place?.server != nil || !recovery.keysOnVolume.isEmpty
        guard isOnVolume else { return .removeFinalizer }
        guard recovery.metadata.deletionTimestamp != nil else { return .rest }
        return recovery.releasesCopies ? .discardCopies : .removeFinalizer
    }
}
