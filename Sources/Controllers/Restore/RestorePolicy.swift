package import EtcdRecoverModel

/// What whoever runs the controller chooses.
package struct RestorePolicy: Sendable {
    /// Between two looks at a member that is being restored.
    package var poll = Duration.seconds(2)
    /// After a step that may succeed another time.
    package var pause = Duration.seconds(10)
    /// Beyond a restore's own limit, in which its agent says why it did not keep it.
    package var slack = Duration.seconds(60)
    package var rules = RuleOptions()

    package init() {
        rules.unavailableLookup = .unresolved
        rules.olderGoesOn = true
    }
}
