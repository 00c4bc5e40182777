/// Whether a cluster can decide anything, and what that is concluded from.
package struct QuorumVerdict: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// A majority follows a leader, or one has been named for so long that it must have one.
        case hasQuorum
        /// A leader is named by fewer than a majority: by what may be left over from before the others were gone.
        case unconfirmed
        /// A quorum of voters is there and knows no leader: it will have one soon.
        case electing
        /// As electing, for as long as the grace period: they do not reach each other.
        case leaderless
        /// Too few voters are there and none knows a leader; that may pass.
        case suspected
        /// As suspected, for as long as the grace period.
        case lost
        /// One voter: there is no quorum to lose but by losing the member itself.
        case singleMember
        /// Nobody answered, or what they say does not fit together.
        case unknown
    }

    package var state: State
    /// Members with a vote, learners apart; `nil` when no member list was to be had.
    package var voters: Int?
    /// Voters that answered.
    package var answering: Int
    /// Whom voters name, whether they are enough or not.
    package var leader: MemberID?
    /// One for each thing that spoke for it or is worth knowing.
    package var reasons: [String]

    package init(state: State, voters: Int?, answering: Int, leader: MemberID? = nil, reasons: [String]) {
        self.state = state
        self.voters = voters
        self.answering = answering
        self.leader = leader
        self.reasons = reasons
    }

    /// Voters that must agree.
    package var quorum: Int? { voters.map { $0 / 2 + 1 } }

    /// Writes are possible, as far as can be seen.
    package var canDecide: Bool {
        state == .hasQuorum || (state == .singleMember && leader != nil)
    }
}
