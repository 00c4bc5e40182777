/// How long a quorum must have been missing before it is called lost. Longer than any election takes.
package let quorumGracePeriod: Duration = .seconds(30)

/// Judges what members said of themselves at one moment; local reads all, so that it answers without quorum as well.
///
/// `missing`: for how long every judgement has been `suspected` or `lost`. `size`: the voters there are meant to be, where
/// that is known from elsewhere, for when nobody answers. A leader that a voter follows means that there is a quorum,
/// whoever else cannot be reached from here.
package func judgingQuorum(
    _ observations: [MemberObservation], missing: Duration = .zero, grace: Duration = quorumGracePeriod,
    size: Int? = nil
) -> QuorumVerdict {
    let evidence = QuorumEvidence(observations)
    let (state, reasons) = conclusion(from: evidence, isSustained: missing >= grace)
    return QuorumVerdict(
        state: state, voters: evidence.voters.isEmpty ? size : evidence.voters.count,
        answering: evidence.answeringVoters.count, leader: evidence.leader, reasons: reasons + evidence.notes)
}

private func conclusion(
    from evidence: QuorumEvidence, isSustained: Bool
) -> (QuorumVerdict.State, reasons: [String]) {
    guard !evidence.isAmbiguous else { return (.unknown, ["the endpoints belong to different clusters"]) }
    guard !evidence.answers.isEmpty else {
        return (.unknown, ["no member answered: from here a lost quorum looks like a lost network"])
    }
    guard !evidence.voters.isEmpty else {
        let onlyLearners = evidence.answers.allSatisfy(\.isLearner)
        return (.unknown, [onlyLearners ? "only learners answered" : "no member gave the list of members"])
    }

    let (voters, answering) = (evidence.voters.count, evidence.answeringVoters.count)
    let quorum = voters / 2 + 1
    let count = "\(answering) of \(voters) voters \(answering == 1 ? "answers" : "answer")"
    if voters == 1 {
        return (.singleMember, [answering == 1 ? "the only voter answers" : "the only voter does not answer"])
    }
    if let leader = evidence.leader {
        return (.hasQuorum, ["\(evidence.name(of: leader)) leads, by \(quorum) of \(voters) votes at least", count])
    }
    if answering >= quorum {
        return (.electing, ["\(count), enough for a quorum of \(quorum), and none follows a leader: an election"])
    }
    return (
        isSustained ? .lost : .suspected,
        [
            "\(count), too few for a quorum of \(quorum), and none follows a leader"
                + (isSustained ? "" : "; it may pass")
        ]
    )
}
