package import EtcdRecoverModel

/// What whoever runs the controller chooses.
package struct BackupPolicy: Sendable {
    /// Times that a backup is tried, for as long as what fails may pass.
    package var attempts = 5
    package var backoff = Backoff(initial: .seconds(10), limit: .seconds(300))
    /// How long after its start the next attempt of a backup may begin; at least twice its own time limit.
    package var patience = Duration.seconds(3600)
    /// How long a snapshot that cannot be deleted keeps its object from going.
    package var removalPatience = Duration.seconds(600)
    package var rules = RuleOptions()

    package init() {
        rules.unavailableLookup = .unresolved
        rules.olderGoesOn = true
    }
}
