/// How long a quorum must have been missing before it is called lost. Longer than any election takes.
package let quorumGracePeriod: Duration = .seconds(30)

/// A member that lost the others names its leader for up to two election timeouts more: two seconds by default, and no
/// longer than this where the timeout is up to five seconds.
package let staleLeaderPeriod: Duration = .seconds(10)

/// Judges what members said of themselves at one moment; local reads all, so that it answers without quorum as well.
///
/// A majority that follows one leader in one term is a quorum. A leader that fewer name is none yet: they may do so for a
/// while after the others are gone. They stop then, so that one who is named all the time has a quorum, of members that
/// cannot be reached from here.
///
/// `sustained`: for how long every look has given what this one gives by itself, `nil` for a first look; `QuorumWatch`
/// keeps it. `size`: the voters there are meant to be, where that is known from elsewhere, for when nobody answers.
package func judgingQuorum(
    _ observations: [MemberObservation], sustained: Duration? = nil, grace: Duration = quorumGracePeriod,
    size: Int? = nil
) -> QuorumVerdict {
    let evidence = QuorumEvidence(observations)
    let (state, reasons) = conclusion(
        from: evidence, isSustained: sustained.map { $0 >= grace } ?? false,
        outlastsStaleLeaders: sustained.map { $0 >= max(grace, staleLeaderPeriod) } ?? false)
    return QuorumVerdict(
        state: state, voters: evidence.voters.isEmpty ? size : evidence.voters.count,
        answering: evidence.answeringVoters.count, leader: evidence.leader, reasons: reasons + evidence.notes)
}

private func conclusion(
    from evidence: QuorumEvidence, isSustained: Bool, outlastsStaleLeaders: Bool
) -> (QuorumVerdict.State, reasons: [String]) {
    guard !evidence.isAmbiguous else { return (.unknown, ["the endpoints belong to different clusters"]) }
    guard !evidence.answers.isEmpty else {
        return (.unknown, ["no member answered: from here a lost quorum looks like a lost network"])
    }
    guard !evidence.voters.isEmpty else {
        let onlyLearners = evidence.answers.allSatisfy(\.isLearner)
        return (.unknown, [onlyLearners ? "only learners answered" : "no member gave the list of members"])
    }

    let (voters, answering, quorum) = (evidence.voters.count, evidence.answeringVoters.count, evidence.quorum)
    let count = "\(answering) of \(voters) voters \(answering == 1 ? "answers" : "answer")"
    if voters == 1 {
        guard answering == 1 else { return (.singleMember, ["the only voter does not answer"]) }
        return (.singleMember, ["the only voter answers" + (evidence.leader == nil ? ", and does not lead" : "")])
    }
    if let leader = evidence.leader {
        let name = evidence.name(of: leader)
        if evidence.followers >= quorum {
            return (.hasQuorum, ["\(name) leads, by \(quorum) of \(voters) votes at least", count])
        }
        if outlastsStaleLeaders {
            return (
                .hasQuorum,
                ["\(name) leads: it is named all the time, which takes \(quorum) of \(voters) votes", count]
            )
        }
        let naming = "\(evidence.followers) of \(voters) voters \(evidence.followers == 1 ? "names" : "name") \(name)"
        return (
            .unconfirmed,
            ["\(naming) as leader, which may go on for an election timeout or two after the others are gone", count]
        )
    }
    if answering >= quorum {
        let none = "\(count), enough for a quorum of \(quorum), and none follows a leader"
        return isSustained
            ? (
                .leaderless,
                [
                    none,
                    "they elect none, as if they did not reach each other: check peer URLs, peer certificates, firewalls",
                ]
            ) : (.electing, ["\(none): an election"])
    }
    return (
        isSustained ? .lost : .suspected,
        [
            "\(count), too few for a quorum of \(quorum), and none follows a leader"
                + (isSustained ? "" : "; it may pass")
        ]
    )
}
