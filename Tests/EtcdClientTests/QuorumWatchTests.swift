import Testing

@testable import EtcdClient

/// Rows of looks at three voters, on a clock of their own.
struct QuorumWatchTests {
    private typealias Watch = QuorumWatch<ContinuousClock.Instant>

    /// What a look finds: voters that answer, and the leader they name.
    enum Look: Sendable {
        case alone, aloneWithLeader, together, led, nobody

        var observations: [MemberObservation] {
            let members = (1...3).map { Member(id: MemberID($0), name: "m\($0)") }
            let (answering, leader): (ClosedRange<Int>?, Int?) =
                switch self {
                case .alone: (1...1, nil)
                case .aloneWithLeader: (1...1, 2)
                case .together: (1...2, nil)
                case .led: (1...2, 2)
                case .nobody: (nil, nil)
                }
            return (1...3).map { id in
                answering?.contains(id) == true
                    ? .answer("http://m\(id)", id: id, leader: leader.map { MemberID($0) }, members: members)
                    : .silent("http://m\(id)")
            }
        }
    }

    /// Looks with the seconds from start to end of each, and what they give with a grace period of 20 s.
    @Test(
        arguments: [
            // One look, however long.
            ([(.alone, 0, 100)], [.suspected]),
            // From the end of the first to the start of the last.
            ([(.alone, 0, 5), (.alone, 24, 30)], [.suspected, .suspected]),
            ([(.alone, 0, 5), (.alone, 25, 25)], [.suspected, .lost]),
            ([(.alone, 0, 0), (.alone, 10, 10), (.alone, 20, 20)], [.suspected, .suspected, .lost]),
            // Whatever was before it does not count.
            ([(.led, 0, 0), (.alone, 30, 30), (.alone, 49, 49)], [.hasQuorum, .suspected, .suspected]),
            ([(.nobody, 0, 0), (.alone, 30, 30), (.alone, 50, 50)], [.unknown, .suspected, .lost]),
            // Any other look begins anew.
            (
                [(.alone, 0, 0), (.together, 10, 10), (.alone, 20, 20), (.alone, 39, 39), (.alone, 40, 40)],
                [.suspected, .electing, .suspected, .suspected, .lost]
            ),
            (
                [(.alone, 0, 0), (.nobody, 10, 10), (.alone, 20, 20)], [.suspected, .unknown, .suspected]
            ),
            // Lost is part of the row; quorum comes back at once.
            (
                [(.alone, 0, 0), (.alone, 20, 20), (.alone, 21, 21), (.led, 22, 22)],
                [.suspected, .lost, .lost, .hasQuorum]
            ),
            // Right after a loss.
            (
                [(.aloneWithLeader, 0, 0), (.aloneWithLeader, 1, 1), (.alone, 2, 2), (.alone, 22, 22)],
                [.unconfirmed, .unconfirmed, .suspected, .lost]
            ),
            // The others cannot be reached from here.
            (
                [(.aloneWithLeader, 0, 0), (.aloneWithLeader, 19, 19), (.aloneWithLeader, 20, 20)],
                [.unconfirmed, .unconfirmed, .hasQuorum]
            ),
            // They do not reach each other.
            ([(.together, 0, 0), (.together, 19, 19), (.together, 20, 20)], [.electing, .electing, .leaderless]),
            ([(.nobody, 0, 0), (.nobody, 100, 100)], [.unknown, .unknown]),
            // A clock that overlaps is no time.
            ([(.alone, 0, 30), (.alone, 10, 40)], [.suspected, .suspected]),
        ] as [([(Look, Int, Int)], [QuorumVerdict.State])])
    func rows(_ looks: [(Look, Int, Int)], _ states: [QuorumVerdict.State]) {
        let zero = ContinuousClock.now
        var watch = Watch(grace: .seconds(20))
        let found = looks.map { look, start, end in
            watch.judge(look.observations, from: zero + .seconds(start), to: zero + .seconds(end)).state
        }
        #expect(found == states)
    }

    @Test func noTimeAtAllIsNoLossYet() {
        let now = ContinuousClock.now
        var watch = Watch(grace: .zero)
        #expect(watch.judge(Look.alone.observations, from: now, to: now).state == .suspected)
        #expect(watch.sustained == nil)
        #expect(watch.judge(Look.alone.observations, from: now, to: now).state == .lost)
        #expect(watch.sustained == .zero)
    }
}
