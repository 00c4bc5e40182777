/// Whether a quorum that is missing can come back by itself.
package struct Permanence: Hashable, Sendable {
    package var isPermanent: Bool
    /// The count, and a sentence for each voter that is gone or away.
    package var reasons: [String]

    package init(isPermanent: Bool, reasons: [String]) {
        self.isPermanent = isPermanent
        self.reasons = reasons
    }
}

/// Judges a quorum that is missing by what the platform says of the members that do not answer.
///
/// It is permanent when so many voters cannot come back by themselves that the others are no majority, whatever they do.
/// Who is not among `absent` counts as one that may come back, so that what could not be looked up is no loss. Learners
/// count for nothing.
///
/// Nil where no quorum is missing, where a single member is all there is, and where nobody has told who has a vote.
package func judgingPermanence(of verdict: QuorumVerdict, absent: [MemberPresence]) -> Permanence? {
    guard verdict.state == .suspected || verdict.state == .lost, let voters = verdict.voters,
        let quorum = verdict.quorum
    else { return nil }
    var seen: Set<String> = []
    let presences = absent.filter { !$0.isLearner && seen.insert($0.name).inserted }
    // Who answers is not gone, whatever else is said.
    let gone = min(presences.count { $0.outlook != .mayReturn }, voters - verdict.answering)
    let left = voters - gone
    let isPermanent = left < quorum
    let count =
        "\(gone) of \(voters) voters cannot come back by \(gone == 1 ? "itself" : "themselves"): "
        + (isPermanent
            ? "\(left == 0 ? "none is" : left == 1 ? "1 is" : "\(left) are") left, and \(quorum) must agree"
            : "\(left) may still agree, and \(quorum) must")
    return Permanence(isPermanent: isPermanent, reasons: [count] + presences.map(\.reason))
}
