/// What a transfer may take of network, time and patience.
package struct TransferLimits: Hashable, Sendable {
    /// `nil`: as fast as it goes.
    package var bytesPerSecond: Int?
    /// How long an upload's source may take to be read to its end: etcd keeps a read transaction open meanwhile.
    package var sourceDuration: Duration?
    package var retry: RetryPolicy
    /// What an upload may still take after it was cancelled or has failed, to leave nothing behind.
    package var grace: Duration

    /// `grace` nil: 15 s.
    package init(
        bytesPerSecond: Int? = nil, sourceDuration: Duration? = nil, retry: RetryPolicy = RetryPolicy(),
        grace: Duration? = nil
    ) {
        self.bytesPerSecond = bytesPerSecond
        self.sourceDuration = sourceDuration
        self.retry = retry
        self.grace = grace ?? Grace.standard
    }
}
