/// How a watch is kept up.
package struct WatchOptions: Sendable {
    /// How long one connection lasts before the server ends it and the next takes over.
    package var connectionPeriod: Duration
    /// How much longer than that a connection may be silent: then its peer is taken for dead.
    package var grace: Duration
    /// How long to go on without any good connection before the last error is thrown; nil for as long as the task runs.
    package var patience: Duration?
    package var list: ListOptions
    /// Told of each interruption that is waited out, and of the pause before the next try.
    package var onInterruption: (@Sendable (any Error, Duration) -> Void)?

    package init(
        connectionPeriod: Duration = .seconds(120), grace: Duration = .seconds(10), patience: Duration? = nil,
        list: ListOptions = ListOptions(),
        onInterruption: (@Sendable (any Error, Duration) -> Void)? = nil
    ) {
        self.connectionPeriod = connectionPeriod
        self.grace = grace
        self.patience = patience
        self.list = list
        self.onInterruption = onInterruption
    }
}
