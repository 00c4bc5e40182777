import Testing

extension InPods {
    /// What becomes of the backups of one cluster in each layout, which these share.
    @Suite(.sourceClusters) enum Restores {}
}
