import ClusterAccess
import EtcdRecoverModel

/// What whoever runs the controller chooses.
package struct RecoveryPolicy: Sendable {
    /// Between two looks at a cluster whose majority is missing.
    package var look = Duration.seconds(5)
    /// Between two looks at one that is being rebuilt.
    package var poll = Duration.seconds(2)
    /// After a step that may succeed another time.
    package var pause = Duration.seconds(10)
    /// Between two looks at whether the record of a failure is still needed.
    package var sweep = Duration.seconds(30)
    /// Times that a member's data are laid, before a person is asked.
    package var attempts: Int64 = 3
    /// Times that the members are read and found not to be what was kept, before it counts: one may lag, or be just restarted.
    package var verifications = 5

    package init() {}
}

extension EtcdRecovery {
    var clusterName: String { spec?.clusterRef ?? "" }

    var target: EtcdTarget { status?.layout == .plain ? .statefulSet(clusterName) : .etcdCluster(clusterName) }

    /// The spec's, else the default.
    var gracePeriod: Duration { Self.duration(spec?.gracePeriod, else: .seconds(60)) }
    var recoveryTimeout: Duration { Self.duration(spec?.recoveryTimeout, else: .seconds(1800)) }

    private static func duration(_ text: String?, else standard: GoDuration) -> Duration {
        guard let text, !text.isEmpty else { return standard.duration }
        return ((try? GoDuration(parsing: text)) ?? standard).duration
    }
}
