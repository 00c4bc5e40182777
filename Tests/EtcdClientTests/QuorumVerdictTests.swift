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
    func aLeaderThatAVoterFollowsMeansQuorum(voters: Int, learners: Int) {
        for answering in subsets(of: voters) where !answering.isEmpty {
            for believer in answering {
                let verdict = judgingQuorum(
                    Self.observations(
                        voters: voters, learners: learners, answering: answering, leader: voters, believers: [believer]),
                    missing: .seconds(3600))
                #expect(verdict.state == .hasQuorum)
                #expect(verdict.canDecide)
                #expect(verdict.answering == answering.count)
                #expect(verdict.voters == voters)
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
            #expect(judgingQuorum(observations, missing: .seconds(29)).state == first.state)
            #expect(judgingQuorum(observations, missing: .seconds(30)).state == (isMajority ? .electing : .lost))
        }
    }

    @Test(arguments: 1...7, 0...2)
    func nobodyAnsweringIsNoLoss(voters: Int, learners: Int) {
        let verdict = judgingQuorum(
            Self.observations(voters: voters, learners: learners, answering: [], leader: nil, believers: []),
            missing: .seconds(3600), size: voters)
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
                missing: .seconds(3600))
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

    @Test func aStrangerAmongMembersIsDisregarded() {
        let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)") }
        let verdict = judgingQuorum([
            .answer("http://a", id: 1, leader: nil, members: members),
            .answer("http://b", id: 2, leader: nil, members: members),
            .answer("http://c", id: 3, leader: MemberID(3), cluster: 8, members: members),
        ])
        #expect(verdict.state == .electing)
        #expect(verdict.reasons.last == "http://c belongs to cluster 8")
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
