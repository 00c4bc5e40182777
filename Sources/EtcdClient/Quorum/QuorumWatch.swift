/// For how long looks at a cluster have been giving the same.
///
/// The time of an unbroken row of such looks runs from the end of its first to the start of its last, so that one look,
/// however long it takes, says nothing about time. Any other look begins a new row.
package struct QuorumWatch<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    private let grace: Duration
    private let size: Int?
    /// What the first look of the row gave, and when it ended.
    private var row: (state: QuorumVerdict.State, end: Instant)?
    /// Of the row, as of the latest look; `nil` where that is its only one.
    package private(set) var sustained: Duration?

    package init(grace: Duration = quorumGracePeriod, size: Int? = nil) {
        self.grace = grace
        self.size = size
    }

    /// Judges one more look, which took from `start` to `end`.
    package mutating func judge(
        _ observations: [MemberObservation], from start: Instant, to end: Instant
    ) -> QuorumVerdict {
        let verdict = judgingQuorum(observations, grace: grace, size: size)
        guard let row, row.state == verdict.state else {
            row = (verdict.state, end)
            sustained = nil
            return verdict
        }
        let sustained = max(.zero, row.end.duration(to: start))
        self.sustained = sustained
        return judgingQuorum(observations, sustained: sustained, grace: grace, size: size)
    }
}
