import HTTP
import TestSupport
import Testing

@testable import EtcdClient

/// Every call against every release.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct CallTests {
    @Test(arguments: EtcdRelease.all)
    func keysAreWrittenReadAndDeleted(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let header = try await client.put(Array("a"), Array("1"))
            let lease = try await client.grantLease(seconds: 3600)
            try await client.put(Array("b"), [0, 255], lease: lease)
            try await client.put(Array("b"), [0, 255, 1], lease: lease)

            let result = try await client.range(.all)
            #expect(result.keyValues.map(\.key) == [Array("a"), Array("b")])
            #expect(result.keyValues.map(\.value) == [Array("1"), [0, 255, 1]])
            #expect(result.keyValues.map(\.version) == [1, 2])
            #expect(result.keyValues.map(\.lease) == [nil, lease])
            #expect(result.keyValues[0].modRevision == header.revision)
            #expect(result.header.revision.rawValue == header.revision.rawValue + 2)

            let old = RangeOptions(revision: header.revision, isSerializable: true)
            #expect(try await client.range(.all, old).keyValues.count == 1)
            #expect(try await client.count(.prefix(Array("b"))) == 1)
            #expect(try await client.delete(.key(Array("a"))) == 1)
            #expect(try await client.delete(.key(Array("a"))) == 0)
            #expect(try await client.range(.key(Array("b")), RangeOptions(keysOnly: true)).keyValues[0].value == [])
        }
    }

    @Test(arguments: EtcdRelease.all)
    func pagesAreReadAtOneRevisionAndShrinkToTheLimit(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            for index in 0..<25 {
                try await client.put(
                    Array("k\(Character(UnicodeScalar(UInt8(65 + index))))"), [UInt8](repeating: 1, count: 1000))
            }
            var sizes: [Int] = []
            for try await page in client.pages(of: .all, pageSize: 10) {
                sizes.append(page.keyValues.count)
                // What is written meanwhile is not of that revision.
                try await client.put(Array("z\(sizes.count)"), [])
            }
            #expect(sizes == [10, 10, 5])

            let narrow = try EtcdClient(
                EtcdClient.Configuration(
                    endpoints: client.endpoints, deadline: .seconds(20), messageLimit: 4000))
            var keys = 0
            for try await page in narrow.pages(of: .prefix(Array("k")), pageSize: 16) {
                #expect(page.keyValues.count <= 4)
                keys += page.keyValues.count
            }
            #expect(keys == 25)
            let error = try await failure { try await narrow.range(.all) }
            #expect(error.kind == .malformedAnswer)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func transactionsCompareAndBranch(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let create = Transaction(
                if: [.version(Array("a"), .equal, 0)], then: [.put(Array("a"), Array("1")), .put(Array("b"), [])],
                else: [.range(.all)])
            #expect(try await client.commit(create).succeeded)
            let second = try await client.commit(create)
            #expect(!second.succeeded)
            guard case .range(let found) = try #require(second.outcomes.first) else {
                Issue.record("not a range")
                return
            }
            #expect(found.keyValues.map(\.key) == [Array("a"), Array("b")])
            let replace = Transaction(
                if: [
                    .value(Array("a"), .equal, Array("1")), .modRevision(Array("a"), .less, found.header.revision.next),
                    .createRevision(Array("a"), .greater, Revision(rawValue: 1)), .version(Array("a"), .notEqual, 7),
                ],
                then: [.delete(.all)])
            let third = try await client.commit(replace)
            #expect(third.succeeded)
            guard case .deleted(2) = try #require(third.outcomes.first) else {
                Issue.record("not two deleted")
                return
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func historyThatIsGoneIsToldApart(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let first = try await client.put(Array("a"), Array("1")).revision
            let second = try await client.put(Array("a"), Array("2")).revision
            try await client.compact(to: second, waits: true)
            #expect(
                try await failure { try await client.range(.all, RangeOptions(revision: first)) }.kind == .compacted)
            #expect(try await failure { try await client.compact(to: first) }.kind == .compacted)
            #expect(try await failure { try await client.hashKV(at: first) }.kind == .compacted)
            let future = Revision(rawValue: second.rawValue + 100)
            #expect(
                try await failure { try await client.range(.all, RangeOptions(revision: future)) }.kind
                    == .futureRevision)
            #expect(try await failure { try await client.hashKV(at: future) }.kind == .futureRevision)
            let hash = try await client.hashKV()
            #expect(hash.compactRevision == second)
            #expect(hash.revision == second)
            let json = try await cluster.etcdctl("endpoint", "hashkv", "-w", "json")
            #expect(json.contains("\"hash\":\(hash.hash)"))
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aMemberTellsItsStatus(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            let status = try await client.status()
            #expect(status.version == release.version)
            #expect(status.isLeader)
            #expect(status.alarms == [])
            #expect(!status.isLearner)
            #expect(status.databaseSize >= status.databaseSizeInUse && status.databaseSizeInUse > 0)
            let json = try await cluster.etcdctl("endpoint", "status", "-w", "json")
            #expect(json.contains("\"cluster_id\":\(status.header.cluster.rawValue)"))
            #expect(json.contains("\"raftIndex\":\(status.raftIndex)"))
            let list = try await client.memberList()
            #expect(list.members.map(\.id) == [status.header.member])
            #expect(list.members.map(\.name) == ["m0"])
            #expect(list.members.map(\.peerURLs) == cluster.members.map { [$0.peerURL] })
            #expect(list.members.map(\.clientURLs) == cluster.members.map { [$0.clientURL] })
            #expect(try await cluster.etcdctl("member", "list").contains("\(status.header.member)"))
            try await client.defragment()
            #expect(try await client.memberList(linearizable: true).members == list.members)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aFullDatabaseRaisesAnAlarmThatCanBeDisarmed(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release, options: EtcdOptions(quota: 2 << 20)) { cluster in
            let client = try cluster.client()
            var refusal: EtcdError?
            for index in 0..<100 where refusal == nil {
                do { try await client.put(Array("k\(index)"), [UInt8](repeating: 1, count: 200_000)) } catch let error
                    as EtcdError
                {
                    refusal = error
                }
            }
            #expect(refusal?.kind == .spaceExceeded)
            let status = try await client.status()
            let alarms = try await client.alarms()
            #expect(alarms == [Alarm(member: status.header.member, kind: .noSpace)])
            #expect(status.alarms == alarms)
            for alarm in alarms { try await client.disarm(alarm) }
            #expect(try await client.alarms() == [])
            #expect(try await client.status().alarms == [])
        }
    }

    @Test(arguments: EtcdRelease.all)
    func whatThisReleaseDoesNotKnowIsToldApart(_ release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            let client = try cluster.client()
            if release.isAtLeast("3.5") {
                #expect(try await client.authenticationStatus().isEnabled == false)
            } else {
                var error = try await failure { try await client.authenticationStatus() }
                // That release answers before it has read the request, and may end the stream before its answer is out.
                for _ in 0..<20 where error.kind == .connectionLost {
                    error = try await failure { try await client.authenticationStatus() }
                }
                #expect(error.kind == .unimplemented)
                #expect(error.call == "AuthStatus")
            }
            let error = try await failure {
                try await client.authenticate(.init(user: "root", password: SecretBytes("hunter2")))
            }
            #expect(error.kind == .authenticationOff)
        }
    }

    @Test func requestsBeyondTheServersLimitAreToldApart() async throws {
        try await EtcdCluster.run(.newest) { cluster in
            let client = try cluster.client()
            let error = try await failure { try await client.put(Array("a"), [UInt8](repeating: 0, count: 1_600_000)) }
            #expect(error.kind == .requestTooLarge)
        }
    }
}
