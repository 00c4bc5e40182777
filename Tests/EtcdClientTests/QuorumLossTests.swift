import HTTP
import TestSupport
import Testing

@testable import EtcdClient

/// Which calls a survivor answers, and what is concluded from it.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct QuorumLossTests {
    @Test(arguments: EtcdRelease.all)
    func aSurvivorAnswersWhatItCanAnswerAlone(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, members: 3) { cluster in
            let healthy = try cluster.client()
            let written = try await healthy.put(Array("a"), Array("1")).revision
            try await expectOnAll(cluster, Array("a"))
            #expect(judgingQuorum(try await healthy.observeMembers()).state == .hasQuorum)
            for member in cluster.members[1...] { await member.kill() }
            let survivor = cluster.members[0]
            let client = try cluster.client([survivor])
            try await waitUntilLeaderless(client)

            let status = try await client.status()
            #expect(status.leader == nil)
            #expect(status.errors.contains { $0.contains("no leader") })
            #expect(try await client.memberList().members.count == 3)
            #expect(try await client.hashKV(at: written).revision == written)
            #expect(try await client.withSnapshot { try await collect($0) }.count > 0)
            let local = RangeOptions(isSerializable: true)
            #expect(try await client.range(.all, local).keyValues.count == 1)
            #expect(try await client.commit(Transaction(then: [.range(.all, local)])).succeeded)
            try await client.defragment()
            let seen = try await client.withWatch(.all, WatchOptions(from: written, requiresLeader: false)) { changes in
                var changes = changes
                return try await changes.next()?.events.count
            }
            #expect(seen == 1)

            let brief = client.within(.seconds(1))
            for call in [
                { _ = try await brief.range(.all) }, { _ = try await brief.put(Array("a"), []) },
                { _ = try await brief.alarms() }, { _ = try await brief.compact(to: written) },
                { _ = try await brief.authenticate(.init(user: "root", password: SecretBytes("x"))) },
            ] as [@Sendable () async throws -> Void] {
                let error = try await failure { try await call() }
                #expect(error.kind == .deadlineExceeded || error.kind == .noLeader, "\(error)")
            }
            let watching = try await failure { try await client.withWatch(.all) { _ in } }
            #expect(watching.kind == .noLeader, "\(watching)")
            let adding = try await failure { try await brief.addMember(peerURLs: ["http://127.0.0.1:9"]) }
            #expect([.unhealthyCluster, .deadlineExceeded, .noLeader].contains(adding.kind), "\(adding)")
            if release.isAtLeast("3.5") {
                let listing = try await failure { try await brief.memberList(linearizable: true) }
                #expect(listing.kind == .deadlineExceeded)
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func theVerdictFollowsTheClusterDownAndUpAgain(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, members: 3) { cluster in
            let client = try cluster.client()
            let whole = judgingQuorum(try await client.observeMembers())
            #expect(whole.state == .hasQuorum)
            #expect((whole.voters, whole.quorum, whole.answering) == (3, 2, 3))

            await cluster.members[2].kill()
            try await waitUntil {
                let observations = try await client.observeMembers()
                let leader = judgingQuorum(observations).leader
                return observations.count { $0.answer?.leader != nil && $0.answer?.leader == leader } == 2
                    && observations.contains { $0.answer?.isLeader == true }
            }
            let observations = try await client.observeMembers()
            #expect(observations.map { $0.failure?.kind } == [nil, nil, .unreachable])
            let choice = try choosingSnapshotMember(observations)
            #expect(!choice.status.isLeader)
            #expect(choice.passedOver.count == 2)

            await cluster.members[1].kill()
            // It may name its leader still.
            #expect(!judgingQuorum(try await client.observeMembers()).canDecide)
            try await waitUntil { judgingQuorum(try await client.observeMembers()).state == .suspected }
            let lost = judgingQuorum(try await client.observeMembers(), sustained: .seconds(31))
            #expect(lost.state == .lost)
            #expect(
                lost.reasons.prefix(3) == [
                    "1 of 3 voters answers, too few for a quorum of 2, and none follows a leader",
                    "m1 has a vote and did not answer", "m2 has a vote and did not answer",
                ])
            let left = try choosingSnapshotMember(try await client.observeMembers())
            #expect(left.endpoint == cluster.members[0].clientEndpoint)

            try await cluster.members[1].start()
            try await waitUntil { judgingQuorum(try await client.observeMembers()).state == .hasQuorum }
        }
    }

    /// A learner never finds out that its leader is gone.
    @Test(arguments: EtcdRelease.all)
    func aLearnersWordAboutTheLeaderCountsForNothing(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            try await client.put(Array("a"), Array("1"))
            let learner = try cluster.reserveMember()
            let member = try await client.addMember(peerURLs: [learner.peerURL])
            #expect(member.isLearner && !member.isStarted)
            try await cluster.join(learner)
            let second = try cluster.client([learner])
            try await waitUntil { (try? await second.status())?.leader != nil }
            let status = try await second.status()
            #expect(status.isLearner)
            #expect(status.header.member == member.id)

            #expect(try await failure { try await second.put([1], []) }.kind == .notForLearners)
            #expect(try await failure { try await second.hashKV() }.kind == .notForLearners)
            if release.isAtLeast("3.5") {
                #expect(try await second.withSnapshot { try await collect($0) }.count > 0)
            } else {
                #expect(try await failure { try await second.withSnapshot { _ in } }.kind == .notForLearners)
            }
            #expect(try await failure { try await second.withWatch(.all) { _ in } }.kind == .notForLearners)
            // Answered by the voter then.
            #expect(try await cluster.client([learner, cluster.members[0]]).count(.all) == 1)

            let both = try cluster.client()
            let choice = try choosingSnapshotMember(try await both.observeMembers())
            #expect(choice.endpoint == cluster.members[0].clientEndpoint)
            #expect(choice.passedOver.map(\.reason) == ["a learner, which may be far behind"])

            await cluster.members[0].kill()
            let verdict = judgingQuorum(try await both.observeMembers())
            #expect(verdict.state == .unknown)
            #expect(verdict.reasons.first == "only learners answered")
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aLearnerBecomesAVoterAndAVoterLeaves(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let newcomer = try cluster.reserveMember()
            let member = try await client.addMember(peerURLs: [newcomer.peerURL])
            #expect(
                try await failure { try await client.addMember(peerURLs: [newcomer.peerURL], asLearner: true) }.kind
                    == .memberExists)
            #expect(try await failure { try await client.promoteMember(member.id) }.kind == .learnerNotReady)
            #expect(
                try await failure { try await client.addMember(peerURLs: ["http://127.0.0.1:9"]) }.kind
                    == .tooManyLearners)
            try await cluster.join(newcomer)
            try await waitUntil { (try? await client.promoteMember(member.id)) != nil }
            try await newcomer.waitUntilHealthy()
            let list = try await client.memberList(linearizable: true)
            #expect(list.members.count == 2)
            #expect(list.members.allSatisfy { !$0.isLearner })

            let observations = try await cluster.client().observeMembers(hashing: true)
            let hashes = try observations.map { try #require(try $0.hash?.get()) }
            #expect(Set(hashes.map(\.hash)).count == 1)
            #expect(Set(hashes.map(\.revision)).count == 1)

            let updated = try await client.updateMember(member.id, peerURLs: [newcomer.peerURL, "http://127.0.0.1:9"])
            #expect(updated.first { $0.id == member.id }?.peerURLs.count == 2)
            // Refused until the two have been connected for some seconds.
            try await waitUntil { (try? await client.removeMember(member.id))?.count == 1 }
            #expect(try await failure { try await client.removeMember(member.id) }.kind == .memberNotFound)
        }
    }
}

private func waitUntilLeaderless(_ client: EtcdClient) async throws {
    try await waitUntil { try await client.status().leader == nil }
}

/// Until all members have applied the write of `key`.
private func expectOnAll(_ cluster: EtcdCluster, _ key: [UInt8]) async throws {
    for member in cluster.members {
        let client = try cluster.client([member])
        try await waitUntil { try await client.range(.key(key), RangeOptions(isSerializable: true)).count == 1 }
    }
}

func waitUntil(
    within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        guard .now - start < limit else { throw MissingPart("not so within \(limit)") }
        try await Task.sleep(for: .milliseconds(50))
    }
}
