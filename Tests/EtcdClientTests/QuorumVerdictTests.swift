import HTTP
import Testing

@testable import EtcdClient

/// Every combination of answers, for clusters of one to seven voters with up to two learners.
struct QuorumVerdictTests {
    /// Voters have the ids 1, 2, …, learners 101, 102.
    private static func observations(
        voters: Int, learners: Int, answering: Set<Int>, leader: Int?, believers: Set<Int>
    ) -> [MemberObservation] {
        let ids = Array(1...voters) + (0..<learners).map { 101 + $0 }
        let members = ids.map {
            Member(id: MemberID($0), name: "m\($0)", clientURLs: ["http://m\($0)"], isLearner: $0 > 100)
        }
        return ids.map { id in
            guard answering.contains(id) else { return .silent("http://m\(id)") }
            let seen = believers.contains(id) ? leader.map { MemberID($0) } : nil
            return .answer("http://m\(id)", id: id, leader: seen, isLearner: id > 100, members: members)
        }
    }

    @Test(arguments: 2...7, 0...2)
    func aLeaderNamedByAMajorityMeansQuorumAndByFewerOnlyInTheLongRun(voters: Int, learners: Int) {
        for answering in subsets(of: voters) where !answering.isEmpty {
            for believers in subsets(of: voters) where !believers.isEmpty && believers.isSubset(of: answering) {
                let observations = Self.observations(
                    voters: voters, learners: learners, answering: answering, leader: voters, believers: believers)
                let isMajority = believers.count > voters / 2
                let first = judgingQuorum(observations)
                #expect(first.state == (isMajority ? .hasQuorum : .unconfirmed))
                #expect(first.canDecide == isMajority)
                #expect(first.leader == MemberID(voters))
                #expect(first.answering == answering.count)
                #expect(first.voters == voters)
                #expect(judgingQuorum(observations, sustained: .seconds(29)).state == first.state)
                #expect(judgingQuorum(observations, sustained: .seconds(30)).state == .hasQuorum)
                // A short grace period makes nobody forget sooner.
                let soon = judgingQuorum(observations, sustained: .seconds(9), grace: .seconds(1))
                #expect(soon.state == first.state)
                #expect(judgingQuorum(observations, sustained: .seconds(10), grace: .seconds(1)).canDecide)
            }
        }
    }

    @Test(arguments: 2...7, 0...2)
    func withoutALeaderTheCountDecides(voters: Int, learners: Int) {
        let learnerIDs = Set((0..<learners).map { 101 + $0 })
        for answering in subsets(of: voters) where !answering.isEmpty {
            // Learners answer, and go on believing in a leader.
            let observations = Self.observations(
                voters: voters, learners: learners, answering: answering.union(learnerIDs), leader: 1,
                believers: learnerIDs)
            let isMajority = answering.count > voters / 2
            let first = judgingQuorum(observations)
            #expect(first.state == (isMajority ? .electing : .suspected))
            #expect(first.answering == answering.count)
            #expect(!first.canDecide)
            #expect(judgingQuorum(observations, sustained: .seconds(29)).state == first.state)
            #expect(judgingQuorum(observations, sustained: .seconds(30)).state == (isMajority ? .leaderless : .lost))
            // One look is no time, whatever the grace period.
            #expect(judgingQuorum(observations, grace: .zero).state == first.state)
        }
    }

    /// Each member is silent, answers, or names the leader as well; what is to be concluded is counted here once more. Two
    /// learners beside up to five voters: more would take longer than all the other tests.
    @Test(arguments: (1...7).flatMap { voters in (0...(voters > 5 ? 1 : 2)).map { (voters, $0) } })
    func learnersChangeNothingInAnyCombination(voters: Int, learners: Int) {
        let ids = Array(1...voters) + (0..<learners).map { 101 + $0 }
        var answers = Array(repeating: 0, count: ids.count)
        repeat {
            let observations = Self.observations(
                voters: voters, learners: learners,
                answering: Set(zip(ids, answers).filter { $1 > 0 }.map(\.0)), leader: 1,
                believers: Set(zip(ids, answers).filter { $1 > 1 }.map(\.0)))
            let (answering, naming) = (
                answers.prefix(voters).count { $0 > 0 }, answers.prefix(voters).count { $0 > 1 }
            )
            let (first, later): (QuorumVerdict.State, QuorumVerdict.State) =
                if answers.allSatisfy({ $0 == 0 }) {
                    (.unknown, .unknown)
                } else if voters == 1 {
                    (.singleMember, .singleMember)
                } else if naming > 0 {
                    (2 * naming > voters ? .hasQuorum : .unconfirmed, .hasQuorum)
                } else {
                    2 * answering > voters ? (.electing, .leaderless) : (.suspected, .lost)
                }
            let verdicts = [judgingQuorum(observations), judgingQuorum(observations, sustained: .seconds(30))]
            // An expectation costs more than a verdict, and there are thousands.
            if verdicts.map(\.state) != [first, later] || verdicts.map(\.answering) != [answering, answering] {
                Issue.record("\(answers) gives \(verdicts)")
            }
        } while count(&answers)
    }

    /// To the next number of base 3; false after the last.
    private func count(_ digits: inout [Int]) -> Bool {
        for index in digits.indices {
            digits[index] = (digits[index] + 1) % 3
            if digits[index] > 0 { return true }
        }
        return false
    }

    @Test(arguments: 1...7, 0...2)
    func nobodyAnsweringIsNoLoss(voters: Int, learners: Int) {
        let verdict = judgingQuorum(
            Self.observations(voters: voters, learners: learners, answering: [], leader: nil, believers: []),
            sustained: .seconds(3600), size: voters)
        #expect(verdict.state == .unknown)
        #expect(verdict.voters == voters)
        #expect(verdict.reasons.count == 1 + voters + learners)
    }

    @Test(arguments: 0...2)
    func aSingleVoterIsNeverLost(learners: Int) {
        for leader in [nil, 1] {
            let verdict = judgingQuorum(
                Self.observations(
                    voters: 1, learners: learners, answering: [1], leader: leader, believers: [1]),
                sustained: .seconds(3600))
            #expect(verdict.state == .singleMember)
            #expect(verdict.canDecide == (leader != nil))
        }
    }

    @Test func endpointsOfTwoClustersAreNotJudged() {
        let one = [Member(id: MemberID(1), name: "m1")]
        let verdict = judgingQuorum([
            .answer("http://a", id: 1, leader: MemberID(1), members: one),
            .answer("http://b", id: 2, leader: MemberID(2), cluster: 8, members: one),
        ])
        #expect(verdict.state == .unknown)
        #expect(verdict.reasons.first == "the endpoints belong to different clusters")
    }

    @Test func oneStrangerAmongManyIsEnoughToJudgeNothing() {
        let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)") }
        let verdict = judgingQuorum(
            [
                .answer("http://a", id: 1, leader: MemberID(1), members: members),
                .answer("http://localhost", id: 1, leader: MemberID(1), members: members),
                .answer("http://c", id: 3, leader: MemberID(3), cluster: 8, members: members),
            ], sustained: .seconds(3600))
        #expect(verdict.state == .unknown)
        #expect(verdict.leader == nil && verdict.answering == 0)
        #expect(
            verdict.reasons == [
                "the endpoints belong to different clusters", "http://a belongs to cluster 7",
                "http://localhost belongs to cluster 7", "http://c belongs to cluster 8",
            ])
    }

    @Test func whoWasNotAskedDidNotFailToAnswer() {
        let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)", clientURLs: ["http://m\($0)"]) }
        let answer = MemberObservation.answer("http://m1", id: 1, leader: nil, members: members)
        let table: [(asked: [String], silent: String, unasked: String)] = [
            ([], "", "m2 m3"), (["http://m2"], "m2", "m3"), (["http://m2", "http://m3"], "m2 m3", ""),
            // May be anyone's.
            (["http://elsewhere"], "m2 m3", ""),
        ]
        for row in table {
            let reasons = judgingQuorum([answer] + row.asked.map { .silent($0) }).reasons
            func names(_ ending: String) -> String {
                reasons.filter { $0.hasSuffix(ending) }.map { String($0.prefix(2)) }.joined(separator: " ")
            }
            #expect(names("did not answer") == row.silent)
            #expect(names("was not asked") == row.unasked)
        }
        let unpublished = MemberObservation.answer(
            "http://m1", id: 1, leader: nil, members: Array(members.prefix(2)) + [Member(id: MemberID(3), name: "m3")])
        #expect(
            judgingQuorum([unpublished, .silent("http://m2")]).reasons.contains {
                $0.hasPrefix("m3 has a vote and was not asked, since it advertises no client URL")
            })
    }

    /// `5:1` is an answer of term 5 that names member 1; `-` none.
    @Test(arguments: [
        ("5:1 7: 7:", QuorumVerdict.State.electing), ("5:1 5:1 7:", .hasQuorum), ("5:1 5:1 -", .hasQuorum),
        ("5:1 - -", .unconfirmed), ("5:1 5: -", .unconfirmed), ("5:1 7: -", .electing), ("5:1 7:2 -", .unconfirmed),
        ("5:1 7:2 7:2", .hasQuorum), ("5:1 7: - - -", .suspected), ("5:1 5:1 - - -", .unconfirmed),
        ("5:1 5:1 5:1 - -", .hasQuorum), ("5:1 5:1 7: 7: -", .electing), ("5:1 5:2 -", .unconfirmed),
    ])
    func termsCount(_ answers: String, _ state: QuorumVerdict.State) {
        let words = answers.split(separator: " ")
        let members = (1...words.count).map { Member(id: MemberID($0), name: "m\($0)") }
        let verdict = judgingQuorum(
            words.enumerated().map { index, word in
                guard word != "-" else { return .silent("http://m\(index + 1)") }
                let parts = word.split(separator: ":").compactMap { Int($0) }
                return .answer(
                    "http://m\(index + 1)", id: index + 1, leader: parts.count > 1 ? MemberID(parts[1]) : nil,
                    term: UInt64(parts[0]), members: members)
            })
        #expect(verdict.state == state)
    }

    @Test func twoEndpointsOfOneMemberCountOnce() {
        let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)") }
        let verdict = judgingQuorum([
            .answer("http://a", id: 1, leader: nil, members: members),
            .answer("http://localhost", id: 1, leader: nil, members: members),
        ])
        #expect(verdict.state == .suspected)
        #expect(verdict.answering == 1)
    }

    @Test func aMemberThatWasRemovedHasNoVoteAndNoSay() {
        let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)") }
        let verdict = judgingQuorum([
            .answer("http://a", id: 1, leader: nil, applied: 100, members: members),
            .answer("http://d", id: 4, leader: MemberID(3), applied: 50, members: members),
        ])
        #expect(verdict.state == .suspected)
        #expect(verdict.answering == 1)
        #expect(verdict.reasons.contains("member 4 answers, but is no member any more"))
    }

    /// All subsets of the voters 1…count.
    private func subsets(of count: Int) -> [Set<Int>] {
        (0..<(1 << count)).map { bits in Set((1...count).filter { bits >> ($0 - 1) & 1 == 1 }) }
    }
}

extension MemberID {
    init(_ number: Int) { self.init(rawValue: UInt64(number)) }
}

extension MemberObservation {
    static func silent(_ url: String) -> MemberObservation {
        let error = EtcdError(
            endpoint: EtcdEndpoint(url), call: "Status", reason: .transport(.cannotConnect(endpoint: "m:2379")))
        return MemberObservation(endpoint: EtcdEndpoint(url), status: .failure(error), list: .failure(error))
    }

    static func answer(
        _ url: String, id: Int, leader: MemberID?, isLearner: Bool = false, term: UInt64 = 5, applied: UInt64 = 100,
        cluster: UInt64 = 7, alarms: [String] = [], members: [Member] = []
    ) -> MemberObservation {
        let header = ResponseHeader(
            cluster: ClusterID(rawValue: cluster), member: MemberID(id), revision: Revision(rawValue: 10),
            raftTerm: term)
        let status = MemberStatus(
            header: header, version: "3.5.30", leader: leader, raftTerm: term, raftIndex: applied,
            raftAppliedIndex: applied, isLearner: isLearner, errors: alarms)
        return MemberObservation(
            endpoint: EtcdEndpoint(url), status: .success(status),
            list: .success(MemberList(header: header, members: members)))
    }
}
