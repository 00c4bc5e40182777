import Testing

@testable import EtcdClient

struct PermanenceTests {
    private static let pods: [MemberPresence.Pod] = [
        .absent, .pending(reason: "0/3 nodes are available"), .starting, .running, .failed(reason: "Evicted"),
    ]

    /// By volume; then by pod, in the order of `pods`: `r` may return, `-` cannot, `x` has lost its data.
    @Test(
        arguments: [
            (.bound, "--rr-"), (.none, "xxrrx"), (.pending, "xxxxx"), (.absent, "xxxxx"), (.replaced, "xxxxx"),
        ] as [(MemberPresence.Volume, String)])
    func whatIsLeftOfAMemberTellsWhetherItMayReturn(_ volume: MemberPresence.Volume, _ outlooks: String) {
        let letters: [MemberPresence.Outlook: Character] = [.mayReturn: "r", .cannotReturn: "-", .dataGone: "x"]
        // Whether its node is ready decides nothing: it may become so.
        for isNodeReady in [nil, true, false] {
            let found = Self.pods.map { pod in
                letters[
                    MemberPresence(name: "m1", pod: pod, volume: volume, isNodeReady: isNodeReady).outlook]
            }
            #expect(found == outlooks.map { $0 })
        }
    }

    /// Every way in which the voters of a cluster may answer, be away, be stuck or have lost their data.
    @Test(arguments: 1...7, 0...2)
    func permanentIsWhatLeavesNoMajorityWhateverTheOthersDo(voters: Int, learners: Int) {
        let fates: [MemberPresence?] = [
            nil, MemberPresence(name: "", pod: .running, volume: .bound),
            MemberPresence(name: "", pod: .absent, volume: .bound),
            MemberPresence(name: "", pod: .running, volume: .replaced),
        ]
        let members =
            (1...voters).map { Member(id: MemberID($0), name: "m\($0)") }
            + (0..<learners).map { Member(id: MemberID(101 + $0), name: "l\($0)", isLearner: true) }
        let goneLearners = (0..<learners).map {
            MemberPresence(name: "l\($0)", isLearner: true, pod: .absent, volume: .absent)
        }
        for number in 0..<(1 << (2 * voters)) {
            let mine = (0..<voters).map { fates[number >> (2 * $0) & 3] }
            let absent = mine.enumerated().compactMap { index, fate in
                fate.map { MemberPresence(name: "m\(index + 1)", pod: $0.pod, volume: $0.volume) }
            }
            let answering = voters - absent.count
            let canBeThere = answering + mine.count { $0?.pod == .running && $0?.volume == .bound }
            // What is asked of etcd itself has tests of its own: here only the count matters.
            let verdict = QuorumVerdict(
                state: Self.state(voters: voters, answering: answering), voters: voters, answering: answering,
                reasons: [])
            let permanence = judgingPermanence(of: verdict, absent: absent + goneLearners)
            let isMissing = voters > 1 && answering > 0 && answering * 2 <= voters
            // An expectation costs more than a verdict.
            if permanence?.isPermanent != (isMissing ? canBeThere * 2 <= voters : nil)
                || permanence?.reasons.count != (isMissing ? 1 + absent.count : nil)
            {
                Issue.record("\(mine) gives \(String(describing: permanence))")
            }
            if number % 97 == 0 {
                // The states are those that etcd's answers give.
                let observations = mine.enumerated().map { index, fate -> MemberObservation in
                    fate == nil
                        ? .answer("http://m\(index + 1)", id: index + 1, leader: nil, members: members)
                        : .silent("http://m\(index + 1)")
                }
                #expect(judgingQuorum(observations, sustained: .seconds(60), size: voters).state == verdict.state)
            }
        }
    }

    private static func state(voters: Int, answering: Int) -> QuorumVerdict.State {
        if answering == 0 { return .unknown }
        if voters == 1 { return .singleMember }
        return answering > voters / 2 ? .leaderless : .lost
    }

    @Test(arguments: QuorumVerdict.State.allCases)
    func onlyAMissingQuorumIsJudged(_ state: QuorumVerdict.State) {
        let gone = (2...3).map { MemberPresence(name: "m\($0)", pod: .absent, volume: .absent) }
        let verdict = QuorumVerdict(state: state, voters: 3, answering: 1, reasons: [])
        let isMissing = state == .suspected || state == .lost
        #expect(judgingPermanence(of: verdict, absent: gone)?.isPermanent == (isMissing ? true : nil))
    }

    @Test func whoCannotBeLookedUpMayReturn() {
        let verdict = QuorumVerdict(state: .lost, voters: 3, answering: 1, reasons: [])
        let one = MemberPresence(name: "m2", pod: .absent, volume: .absent)
        #expect(judgingPermanence(of: verdict, absent: [])?.isPermanent == false)
        #expect(judgingPermanence(of: verdict, absent: [one])?.isPermanent == false)
        // Named twice it is still one.
        #expect(judgingPermanence(of: verdict, absent: [one, one])?.isPermanent == false)
    }

    @Test func whoAnswersIsNotGone() {
        let verdict = QuorumVerdict(state: .lost, voters: 5, answering: 2, reasons: [])
        let gone = (1...5).map { MemberPresence(name: "m\($0)", pod: .absent, volume: .absent) }
        #expect(
            judgingPermanence(of: verdict, absent: gone)?.reasons.first
                == "3 of 5 voters cannot come back by themselves: 2 are left, and 3 must agree")
    }

    @Test func theReasonsSayWhatIsLeftOfEach() {
        let verdict = QuorumVerdict(state: .lost, voters: 7, answering: 1, reasons: [])
        let table: [(MemberPresence.Pod, MemberPresence.Volume, Bool?, String)] = [
            (.running, .absent, true, "has lost its volume, and its data with it"),
            (.running, .replaced, true, "was made anew and is empty: its data are gone"),
            (.absent, .bound, nil, "has its volume, and no pod"),
            (
                .pending(reason: "0/3 nodes are available"), .bound, nil,
                "has its volume, and a pod that no node takes: 0/3 nodes are available"
            ),
            (.running, .bound, false, "has a pod that runs, and may answer again, once its node is ready"),
            (.starting, .none, true, "is being started"),
        ]
        let absent = table.enumerated().map { index, row in
            MemberPresence(name: "main-\(index + 1)", pod: row.0, volume: row.1, isNodeReady: row.2)
        }
        #expect(
            judgingPermanence(of: verdict, absent: absent)
                == Permanence(
                    isPermanent: true,
                    reasons: ["4 of 7 voters cannot come back by themselves: 3 are left, and 4 must agree"]
                        + table.enumerated().map { "main-\($0 + 1) \($1.3)" }))
        #expect(
            judgingPermanence(of: verdict, absent: Array(absent.suffix(4)))?.reasons.first
                == "2 of 7 voters cannot come back by themselves: 5 may still agree, and 4 must")
    }
}
