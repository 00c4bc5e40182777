import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

/// Real members start on what was restored, and answer as the cluster did that the snapshot is of.
@Suite(.needsEtcd, .timeLimit(.minutes(10)))
struct RestoreEtcdTests {
    @Test(arguments: EtcdRelease.all)
    func everyReleaseStartsOnTheSnapshotOfAnother(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        let before = try await EtcdCluster.run(release) { cluster in
            try await cluster.members[0].fill()
            try await cluster.members[0].save(to: snapshot)
            return try await Answers(cluster.members[0])
        }
        #expect(before.keys.count > 600)
        for other in EtcdRelease.all {
            let member = try EtcdMember(other)
            let restored = try await member.restore(snapshot)
            #expect(restored.revision == before.revision)
            #expect(restored.inherited.liveKeys == before.keys.count)
            #expect(restored.inherited.leasedKeys == 2)
            try await EtcdCluster.run([member]) { cluster in
                #expect(try await Answers(member) == before, "\(release.version) on \(other.version)")
                let list: MemberList = try await member.json("member", "list")
                #expect(list.header.clusterID == restored.membership.clusterID.rawValue)
                #expect(list.members.map(\.id) == [restored.membership.local.id.rawValue])
                #expect(list.members.map(\.peerURLs) == [[member.peerURL]])
                try await cluster.etcdctl("put", "after", "restore")
                #expect(try await Answers(member).revision == before.revision + 1)
                // The directory is one that etcd itself can come back to.
                await member.stop()
                try await member.start()
                try await member.waitUntilHealthy()
                #expect(try await Answers(member).revision == before.revision + 1)
            }
        }
    }

    @Test(arguments: EtcdRelease.all)
    func threeMembersFormACluster(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let (snapshot, before) = try await sample(release, in: folder)
        let members = try EtcdCluster.reserve(3, release)
        var ids: Set<MemberID> = []
        for member in members { ids.insert(try await member.restore(snapshot, of: members).membership.local.id) }
        #expect(ids.count == 3)
        try await EtcdCluster.run(members) { cluster in
            for member in members { #expect(try await Answers(member) == before) }
            try await cluster.etcdctl("put", "after", "restore")
            let list: MemberList = try await members[0].json("member", "list")
            #expect(Set(list.members.map(\.id)) == Set(ids.map(\.rawValue)))
            // A member that goes and comes back still belongs to it.
            await members[2].kill()
            // It may have been the leader.
            try await members[0].waitUntilHealthy()
            try await cluster.etcdctl("put", "after", "kill")
            try await members[2].start()
            try await members[2].waitUntilHealthy()
            let hashes = try await [Answers(members[0]), Answers(members[2])]
            #expect(hashes[0] == hashes[1])
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aLearnerJoinsARestoredMember(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let (snapshot, before) = try await sample(release, in: folder)
        let members = try EtcdCluster.reserve(1, release)
        try await members[0].restore(snapshot)
        try await EtcdCluster.run(members) { cluster in
            let learner = try cluster.reserveMember()
            try await cluster.etcdctl("member", "add", learner.name, "--learner", "--peer-urls", learner.peerURL)
            try await cluster.join(learner)
            let list: MemberList = try await members[0].json("member", "list")
            let id = try list.members.first { $0.isLearner == true }.unwrapped("learner").id
            let start = ContinuousClock.now
            while true {
                let promoted = try await members[0].etcdctl(["member", "promote", String(id, radix: 16)]).run()
                if promoted.succeeded { break }
                guard .now - start < .seconds(60) else { throw MissingPart(promoted.errors) }
                try await Task.sleep(for: .milliseconds(100))
            }
            try await learner.waitUntilHealthy()
            #expect(try await Answers(learner) == before)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func theRevisionJumpsAheadAndWhatWasBeforeIsCompacted(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let (snapshot, before) = try await sample(release, in: folder)
        let member = try EtcdMember(release)
        let restored = try await member.restore(snapshot) {
            $0.bumpRevision = 1_000_000
            $0.marksCompacted = true
        }
        #expect(restored.revision == before.revision + 1_000_000)
        #expect(restored.snapshotRevision == before.revision)
        try await EtcdCluster.run([member]) { cluster in
            let after = try await Answers(member)
            #expect(after.revision == before.revision + 1_000_000)
            #expect(after.keys == before.keys)
            let old = try await member.etcdctl(["get", "changed", "--rev", "\(before.revision)"]).run()
            #expect(!old.succeeded)
            #expect(old.errors.contains("required revision has been compacted"))
            let watch = try await member.etcdctl(["watch", "changed", "--rev", "\(before.revision)"]).run()
            #expect(watch.errors.contains("compacted") || watch.output.contains("compacted"))
            try await cluster.etcdctl("put", "changed", "by the restored")
            #expect(try await Answers(member).revision == before.revision + 1_000_001)
        }
    }

    @Test func anEmptyClusterIsRestoredAndItsRevisionBumped() async throws {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest) { try await $0.members[0].save(to: snapshot) }
        for bump in [Int64(0), 5] {
            let member = try EtcdMember(.newest)
            try await member.restore(snapshot) {
                $0.bumpRevision = bump
                $0.marksCompacted = bump > 0
            }
            try await EtcdCluster.run([member]) { cluster in
                try await cluster.etcdctl("put", "a", "1")
                #expect(try await Answers(member).revision == (bump > 0 ? bump : 1) + 1)
            }
        }
    }

    @Test func authenticationComesBack() async throws {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        for release in EtcdRelease.all {
            try await EtcdCluster.run(release, options: EtcdOptions(rootPassword: "secret")) { cluster in
                try await cluster.etcdctl("put", "a", "1")
                try await cluster.members[0].save(to: snapshot)
            }
            let member = try EtcdMember(
                release, options: EtcdOptions(rootPassword: "secret", isAuthenticationRestored: true))
            let restored = try await member.restore(snapshot)
            #expect(restored.inherited.isAuthEnabled)
            #expect(restored.warnings.contains("authentication is on, with the users and passwords of the snapshot"))
            try await EtcdCluster.run([member]) { cluster in
                #expect(try await cluster.etcdctl("get", "a", "--print-value-only") == "1\n")
                let stranger = Command(
                    release.etcdctl, ["--endpoints", member.clientURL, "get", "a"], environment: ["ETCDCTL_API": "3"])
                let refused = try await stranger.run()
                #expect(!refused.succeeded)
            }
            unlink(snapshot)
        }
    }

    @Test(arguments: EtcdRelease.all)
    func aSpaceAlarmComesBackUnlessItIsDisarmed(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(release, options: EtcdOptions(quota: 2 << 20)) { cluster in
            let value = String(repeating: "v", count: 900_000)
            for _ in 0..<40 {
                let put = try await cluster.members[0].etcdctl(["put", "a"], input: value).run()
                if !put.succeeded { break }
            }
            #expect(try await cluster.etcdctl("alarm", "list").contains("NOSPACE"))
            try await cluster.members[0].save(to: snapshot)
        }
        for disarms in [false, true] {
            let member = try EtcdMember(release)
            let restored = try await member.restore(snapshot) { $0.disarmsAlarms = disarms }
            #expect(restored.inherited.alarms.map(\.kind) == [.noSpace])
            #expect(restored.warnings.contains { $0.hasPrefix("active alarms come back") } != disarms)
            try await member.start()
            do {
                try await waitForAnswers(of: member)
                let put = try await member.etcdctl(["put", "b", "1"]).run()
                #expect(put.succeeded == disarms)
                let alarms = try await member.etcdctl(["alarm", "list"]).output()
                #expect(alarms.contains("NOSPACE") != disarms)
            } catch {
                await member.end()
                throw error
            }
            await member.end()
        }
    }

    /// With an alarm, `endpoint health` says no.
    private func waitForAnswers(of member: EtcdMember) async throws {
        let start = ContinuousClock.now
        while try await !member.etcdctl(["get", "a", "--keys-only"]).run().succeeded {
            guard .now - start < .seconds(60) else { throw MissingPart(member.log) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func theContentIsWhatEtcdsOwnRestoreWrites() async throws {
        for release in EtcdRelease.all where release.etcdutl != nil {
            let folder = try TemporaryDirectory()
            let (snapshot, _) = try await sample(release, in: folder)
            for bump in [Int64(0), 1000] where bump == 0 || release.isAtLeast("3.5.10") {
                let member = try EtcdMember(release)
                try await member.restore(snapshot) {
                    $0.bumpRevision = bump
                    $0.marksCompacted = bump > 0
                }
                let theirs = folder.path(of: "theirs\(bump)")
                var arguments = [
                    "snapshot", "restore", snapshot, "--name", member.name, "--initial-cluster",
                    "\(member.name)=\(member.peerURL)", "--initial-cluster-token", "restored",
                    "--initial-advertise-peer-urls", member.peerURL, "--data-dir", theirs,
                ]
                if bump > 0 { arguments += ["--bump-revision", "\(bump)", "--mark-compacted"] }
                try await Command(release.etcdutl.unwrapped("etcdutl"), arguments).output(within: .seconds(60))
                let both = try [member.database, "\(theirs)/member/snap/db"].map(contents)
                #expect(both[0] == both[1])
                let logs = try ["\(member.dataDirectory)/member/wal", "\(theirs)/member/wal"].map {
                    try WALSummary(directory: $0)
                }
                #expect(logs[0] == logs[1])
                let ours = try await release.snapshotTool("status", member.database, "-w", "json")
                #expect(
                    try await release.snapshotTool("status", "\(theirs)/member/snap/db", "-w", "json").hasPrefix(
                        String(ours.prefix { $0 != "," })))
            }
        }
    }

    /// Bucket, key and value of every entry.
    private func contents(_ path: String) throws -> [[[UInt8]]] {
        let database = try Database(path: path)
        var all: [[[UInt8]]] = []
        try database.forEachBucket { bucket in
            var cursor = Cursor(database, in: bucket)
            while let entry = try cursor.next() { all.append([bucket.name.array, entry.key.array, entry.value.array]) }
        }
        return all
    }

    @Test(arguments: EtcdRelease.all)
    func aCopyOfAKilledMembersDatabaseSaysWhatItLacks(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let copy = folder.path(of: "member")
        // The database is written once an hour: all that is put is in the log alone.
        let options = EtcdOptions(arguments: ["--backend-batch-interval", "1h"])
        let revision = try await EtcdCluster.run(release, options: options) { cluster in
            let member = cluster.members[0]
            for number in 0..<20 { try await cluster.etcdctl("put", "key\(number)", "value") }
            let revision = try await Answers(member).revision
            await member.kill()
            try await Command("cp", ["-r", "\(member.dataDirectory)/member", copy]).output()
            return revision
        }
        let database = "\(copy)/snap/db"
        let lagging = try await EtcdMember(release).restore(database) { $0.skipsHashCheck = true }
        let missing = try lagging.inherited.missingEntries.unwrapped("missing entries")
        #expect(missing.count >= 20)
        #expect(missing.lastIndex == (try WALSummary(directory: "\(copy)/wal").lastEntry?.index))
        #expect(lagging.revision <= revision - 20)
        #expect(lagging.warnings.first == missing.description)
        await #expect(throws: RestoreError.missingHash(database)) { try await EtcdMember(release).restore(database) }
    }

    @Test(arguments: EtcdRelease.all)
    func aCopyOfAStoppedMembersDatabaseLacksNothing(_ release: EtcdRelease) async throws {
        let folder = try TemporaryDirectory()
        let copy = folder.path(of: "member")
        let before = try await EtcdCluster.run(release) { cluster in
            let member = cluster.members[0]
            try await member.fill()
            let before = try await Answers(member)
            await member.stop()
            try await Command("cp", ["-r", "\(member.dataDirectory)/member", copy]).output()
            return before
        }
        let member = try EtcdMember(release)
        let restored = try await member.restore("\(copy)/snap/db") { $0.skipsHashCheck = true }
        // In the database of etcd 3.4, entries that are no writes do not count.
        #expect(restored.inherited.missingEntries == nil || !release.isAtLeast("3.5"))
        try await EtcdCluster.run([member]) { _ in
            let after = try await Answers(member)
            #expect(after == before)
        }
    }

    private func sample(_ release: EtcdRelease, in folder: TemporaryDirectory) async throws -> (String, Answers) {
        let snapshot = folder.path(of: "snapshot.db")
        let before = try await EtcdCluster.run(release) { cluster in
            try await cluster.members[0].fill()
            try await cluster.members[0].save(to: snapshot)
            return try await Answers(cluster.members[0])
        }
        return (snapshot, before)
    }
}
