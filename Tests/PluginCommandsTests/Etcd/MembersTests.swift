import TestSupport
import Testing

@testable import PluginCommands

/// `members`, `health` and `quorum` of real clusters, whole and broken.
@Suite(.needsEtcd, .timeLimit(.minutes(5))) struct MembersTests {
    @Test(arguments: EtcdRelease.all)
    func oneEndpointLeadsToAllMembers(_ release: EtcdRelease) async throws {
        let options = EtcdOptions(tls: try await EtcdCertificates(), rootPassword: "secret")
        try await EtcdCluster.run(release, members: 3, options: options) { cluster in
            let plugin = EtcdPlugin(endpoints: [cluster.endpoints[1]], tls: options.tls, password: "secret")
            let members = try await plugin.json("members")["members"]?.array ?? []
            #expect(Set(members.compactMap { $0["name"]?.string }) == ["m0", "m1", "m2"])
            #expect(
                members.allSatisfy { $0["status"]?.string == "answers" && $0["version"]?.string == release.version })
            #expect(members.filter { $0["isLeader"]?.bool == true }.count == 1)
            #expect(members.allSatisfy { ($0["raftAppliedIndex"]?.int ?? 0) > 0 && ($0["dbSize"]?.int ?? 0) > 0 })

            let health = try await plugin.json("health")
            #expect(health["healthy"]?.bool == true)
            #expect(health["members"]?.array.allSatisfy { $0["quorumRead"]?["answered"]?.bool == true } == true)
            let quorum = try await plugin.json("quorum")
            #expect(quorum["state"]?.string == "hasQuorum")
            #expect(quorum["voters"]?.int == 3 && quorum["answering"]?.int == 3)

            let alone = try await plugin.json("members", "--endpoints-only")["members"]?.array ?? []
            #expect(alone.compactMap { $0["status"]?.string }.sorted() == ["answers", "unasked", "unasked"])
        }
    }

    @Test(arguments: EtcdRelease.all)
    func withoutQuorumTheSurvivorStillAnswers(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, members: 3) { cluster in
            for member in cluster.members.dropFirst() { await member.kill() }
            let plugin = EtcdPlugin(endpoints: [cluster.endpoints[0]])
            // It takes an election timeout until the survivor itself knows, and no look in between says otherwise.
            let early = try await plugin.run("quorum")
            #expect(early.status == 1, "\(early.output)")
            let verdict = try await plugin.json("quorum", "--for", "2s", status: 1)
            #expect(verdict["state"]?.string == "lost")
            #expect(verdict["canDecide"]?.bool == false)
            let reasons = verdict["reasons"]?.strings ?? []
            #expect(reasons.first?.hasPrefix("1 of 3 voters answers") == true, "\(reasons)")
            for member in cluster.members.dropFirst() {
                #expect(reasons.contains { $0.contains("cannot connect to \(member.endpoint)") }, "\(reasons)")
            }
            let once = try await plugin.run("quorum")
            #expect(once.status == 1)
            #expect(
                once.output.hasPrefix("quorum loss suspected\n"),
                "\(once.output)")

            let members = try await plugin.json("members")["members"]?.array ?? []
            #expect(members.compactMap { $0["status"]?.string }.sorted() == ["answers", "unreachable", "unreachable"])
            let health = try await plugin.run("health")
            #expect(health.status == 1)
            #expect(health.errors.contains("error: 0 of 3 members are healthy"), "\(health.errors)")
            #expect(health.errors.contains("m0 gets no quorum to read with: "), "\(health.errors)")
            #expect(health.errors.contains("m1 gives no answer"), "\(health.errors)")
        }
    }

    @Test func aMinorityThatIsGoneIsNoLoss() async throws {
        try await EtcdCluster.run(.newest, members: 3) { cluster in
            await cluster.members[2].kill()
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            let quorum = try await plugin.run("quorum", "--for", "30s")
            #expect(quorum.status == 0, "\(quorum.output)")
            // While the two elect a leader anew, neither is healthy.
            var health = try await plugin.run("health")
            for _ in 0..<60 where health.errors.contains("0 of 3 members") {
                try await Task.sleep(for: .seconds(1))
                health = try await plugin.run("health")
            }
            #expect(health.status == 1)
            #expect(health.errors.contains("error: 2 of 3 members are healthy"), "\(health.errors)")
        }
    }

    /// As where a firewall keeps the others from being asked.
    @Test func aLeaderThatIsNamedAllTheTimeHasAQuorumBehindIt() async throws {
        try await EtcdCluster.run(.newest, members: 3) { cluster in
            let plugin = EtcdPlugin(endpoints: [cluster.endpoints[0]])
            let once = try await plugin.run("quorum", "--endpoints-only")
            #expect(once.status == 1)
            #expect(once.output.hasPrefix("unconfirmed\n  - 1 of 3 voters names "), "\(once.output)")
            #expect(once.output.contains("m1 has a vote and was not asked"), "\(once.output)")
            let watched = try await plugin.run("quorum", "--endpoints-only", "--for", "1s")
            #expect(watched.succeeded, "\(watched.output)")
            #expect(watched.output.hasPrefix("has quorum\n"), "\(watched.output)")
        }
    }

    @Test func endpointsOfTwoClustersAreNotJudged() async throws {
        try await EtcdCluster.run(.newest) { one in
            try await EtcdCluster.run(.newest) { other in
                let plugin = EtcdPlugin(endpoints: [
                    one.endpoints[0], one.endpoints[0].replacing("127.0.0.1", with: "localhost"), other.endpoints[0],
                ])
                let verdict = try await plugin.json("quorum", status: 1)
                #expect(verdict["state"]?.string == "unknown")
                #expect(verdict["reasons"]?.strings.first == "the endpoints belong to different clusters")
                #expect(verdict["members"]?.array.allSatisfy { $0["status"]?.string == "answers" } == true)
            }
        }
    }

    @Test func whatIsWrongWithAMemberIsSaid() async throws {
        let options = EtcdOptions(quota: 16 << 20)
        try await EtcdCluster.run(.newest, options: options) { cluster in
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            let value = String(repeating: "v", count: 1_000_000)
            for number in 0..<24 {
                let put = try await cluster.members[0].etcdctl(["put", "key-\(number)"], input: value).run()
                if !put.succeeded { break }
            }
            // One who was added and never came.
            try await cluster.etcdctl(
                "member", "add", "newcomer", "--learner", "--peer-urls", "http://127.0.0.1:\(try freePort())")
            let health = try await plugin.run("health")
            #expect(health.status == 1)
            #expect(health.errors.contains("m0 has raised the alarm NOSPACE"), "\(health.errors)")
            #expect(health.errors.contains(" was added and never started"), "\(health.errors)")
            let members = try await plugin.run("members")
            #expect(members.succeeded)
            #expect(members.output.contains("NOSPACE"), "\(members.output)")
            #expect(members.output.contains("unstarted"), "\(members.output)")
        }
    }

    @Test func aLearnerIsListedAndNotSaved() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let learner = try cluster.reserveMember()
            try await cluster.etcdctl("member", "add", learner.name, "--learner", "--peer-urls", learner.peerURL)
            try await cluster.join(learner)
            let plugin = EtcdPlugin(endpoints: cluster.endpoints)
            // It needs the data before it answers.
            var members = try await plugin.json("members")["members"]?.array ?? []
            for _ in 0..<100 where !members.allSatisfy({ $0["status"]?.string == "answers" }) {
                try await Task.sleep(for: .milliseconds(100))
                members = try await plugin.json("members")["members"]?.array ?? []
            }
            #expect(members.filter { $0["isLearner"]?.bool == true }.count == 1)
            let health = try await plugin.run("health")
            #expect(health.succeeded, "\(health.output)\(health.errors)")
            let files = try TemporaryDirectory()
            var first = plugin
            first.flags = ["--endpoints", "\(learner.clientURL),\(cluster.endpoints[0])"]
            let saved = try await first.json("snapshot", "save", files.path(of: "db"))
            #expect(saved["member"]?["name"]?.string == "m0")
            first.flags = ["--endpoints", learner.clientURL]
            let refused = try await first.run("snapshot", "save", files.path(of: "other"))
            #expect(refused.errors.contains("a learner, which may be far behind"), "\(refused.errors)")
        }
    }

    @Test func nobodyAnsweringIsAFailureOfMembersAndAnUnknownQuorum() async throws {
        let plugin = EtcdPlugin(endpoints: ["http://127.0.0.1:\(try freePort())"])
        let members = try await plugin.run("members")
        #expect(members.status == 1)
        #expect(members.errors.hasPrefix("error: no member answered:\n"), "\(members.errors)")
        let quorum = try await plugin.json("quorum", status: 1)
        #expect(quorum["state"]?.string == "unknown")
    }
}
