import EtcdRecoverModel

/// What is to be done next about a recovery, by whoever runs it.
enum RecoveryStage: Hashable, Sendable {
    /// The controller looks, and nothing is known yet.
    case detecting
    /// This very state waits for a person.
    case awaiting(digest: String)
    /// Approved and on its way.
    case underWay
    case ended(EtcdRecovery.Phase)

    init(_ recovery: EtcdRecovery) {
        guard let phase = recovery.status?.phase else {
            self = .detecting
            return
        }
        if phase.isTerminal {
            self = .ended(phase)
        } else if phase == .detecting || recovery.spec?.aborted == true && phase.isBeforeApproval {
            self = .detecting
        } else if phase == .awaitingApproval {
            guard let digest = recovery.status?.observed?.digest, !digest.isEmpty else {
                self = .detecting
                return
            }
            let isApproved = recovery.spec?.approved == true && recovery.spec?.approvedDigest == digest
            self = isApproved ? .underWay : .awaiting(digest: digest)
        } else {
            self = .underWay
        }
    }
}
