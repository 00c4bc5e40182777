import HTTP
import Testing

@testable import EtcdClient

struct SnapshotChoiceTests {
    private let leader = MemberObservation.answer("http://leader", id: 1, leader: MemberID(1), applied: 5000)

    private func follower(_ id: Int, applied: UInt64, alarms: [String] = []) -> MemberObservation {
        .answer("http://f\(id)", id: id, leader: MemberID(1), applied: applied, alarms: alarms)
    }

    private func choice(_ observations: [MemberObservation]) throws -> String {
        let choice = try choosingSnapshotMember(observations)
        return "\(choice.endpoint), \(choice.reason)"
    }

    @Test func aFollowerCloseToTheLeaderGoesFirst() throws {
        #expect(try choice([leader, follower(2, applied: 4999)]) == "http://f2, a follower, 1 entries behind")
        #expect(try choice([leader, follower(2, applied: 4000)]) == "http://f2, a follower, 1000 entries behind")
        #expect(try choice([leader, follower(2, applied: 3999)]) == "http://leader, the leader")
        #expect(
            try choice([leader, follower(2, applied: 4998), follower(3, applied: 5000)]) == "http://f3, a follower")
        // Equal ones in the order in which they were named.
        #expect(try choice([follower(3, applied: 5000), follower(2, applied: 5000)]) == "http://f3, a follower")
    }

    @Test func deadEndpointsAreToldAndPassedOver() throws {
        let choice = try choosingSnapshotMember([.silent("http://dead"), leader])
        #expect(choice.endpoint.url == "http://leader")
        #expect(choice.passedOver.map(\.endpoint.url) == ["http://dead"])
        #expect(choice.passedOver[0].reason.contains("cannot connect"))
    }

    @Test func learnersAndCorruptMembersAreOutOfTheQuestion() throws {
        let learner = MemberObservation.answer(
            "http://l", id: 4, leader: MemberID(1), isLearner: true, applied: 5000)
        let alarm = "memberID:2 alarm:CORRUPT "
        let corrupt = follower(2, applied: 5000, alarms: [alarm])
        #expect(try choice([learner, corrupt, leader]) == "http://leader, the leader")
        // Whoever tells of the alarm.
        let telling = MemberObservation.answer(
            "http://leader", id: 1, leader: MemberID(1), applied: 5000, alarms: [alarm])
        #expect(try choice([follower(2, applied: 5000), telling]) == "http://leader, the leader")
        let error = #expect(throws: NoMemberForSnapshot.self) { try choosingSnapshotMember([learner, corrupt]) }
        #expect(
            error?.passedOver.map(\.description) == [
                "http://l: a learner, which may be far behind", "http://f2: has a CORRUPT alarm",
            ])
    }

    @Test func withoutALeaderWhoHasAppliedMostGoesFirst() throws {
        // A higher term is no sign of newer data: members that cannot reach the others count up alone.
        let behind = MemberObservation.answer("http://a", id: 1, leader: nil, term: 9, applied: 100)
        let ahead = MemberObservation.answer("http://b", id: 2, leader: nil, term: 7, applied: 101)
        #expect(try choice([behind, ahead]) == "http://b, knows no leader")
    }

    @Test func aLeaderThatDoesNotAnswerCountsForNothing() throws {
        let ahead = MemberObservation.answer("http://b", id: 3, leader: nil, applied: 5000)
        #expect(try choice([follower(2, applied: 4500), ahead]) == "http://b, knows no leader")
        #expect(try choice([follower(2, applied: 4500), follower(3, applied: 4501)]) == "http://f3, a follower")
        #expect(
            try choice([follower(2, applied: 4500), ahead, leader]) == "http://f2, a follower, 500 entries behind")
    }

    @Test func endpointsOfTwoClustersGiveNone() {
        let other = MemberObservation.answer("http://o", id: 9, leader: MemberID(9), cluster: 8)
        let error = #expect(throws: NoMemberForSnapshot.self) { try choosingSnapshotMember([leader, other]) }
        #expect(error?.passedOver.count == 2)
    }
}
