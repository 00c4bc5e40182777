import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

/// Where a restored member comes to stand, and what stands there in between.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct RestorePlaceTests {
    @Test func modesAndNamesAreEtcds() async throws {
        let (folder, snapshot) = try await world()
        let member = try EtcdMember(.newest)
        try await member.restore(snapshot) { $0.dataDirectory = folder.path(of: "not/yet/there") }
        let listing = try await Command(
            "find", [folder.path(of: "not"), "-printf", "%P %y %m\n"]
        ).output().split(separator: "\n").sorted()
        #expect(
            listing == [
                " d 700", "yet d 700", "yet/there d 700", "yet/there/member d 700", "yet/there/member/snap d 700",
                "yet/there/member/snap/0000000000000001-0000000000000001.snap f 600",
                "yet/there/member/snap/db f 600", "yet/there/member/wal d 700",
                "yet/there/member/wal/0000000000000000-0000000000000000.wal f 600",
            ])
    }

    @Test func anEmptyDirectoryIsFilledAndStaysTheSame() async throws {
        let (folder, snapshot) = try await world()
        let data = folder.path(of: "data")
        try await Command("mkdir", ["-m", "750", "-p", data, "\(data)/lost+found"]).output()
        let before = try await Command("stat", ["-c", "%i %a", data]).output()
        let member = try EtcdMember(.newest)
        try await member.restore(snapshot) { $0.dataDirectory = data }
        #expect(try await Command("stat", ["-c", "%i %a", data]).output() == before)
        #expect(try Files.list(data) == ["lost+found", "member"])
        #expect(try Files.list("\(data)/member") == ["snap", "wal"])
    }

    @Test func aLinkToAnEmptyDirectoryLeadsThere() async throws {
        let (folder, snapshot) = try await world()
        try await Command("mkdir", [folder.path(of: "volume")]).output()
        try await Command("ln", ["-s", "volume", folder.path(of: "data")]).output()
        let restored = try await EtcdMember(.newest).restore(snapshot) { $0.dataDirectory = folder.path(of: "data") }
        #expect(restored.dataDirectory == folder.path(of: "volume"))
        #expect(try Files.list(folder.path(of: "volume")) == ["member"])
    }

    @Test(arguments: EtcdRelease.all)
    func aMemberStartsOnALogInAPlaceOfItsOwn(_ release: EtcdRelease) async throws {
        let (folder, snapshot) = try await world()
        try await Command("mkdir", [folder.path(of: "data")]).output()
        for wal in [folder.path(of: "elsewhere/wal"), folder.path(of: "data/wal"), folder.path(of: "data-new/wal")] {
            let member = try EtcdMember(release, options: EtcdOptions(arguments: ["--wal-dir", wal]))
            // The last two lie in the data directory, one that is there and one that is not.
            let data = folder.path(of: wal.contains("data-new") ? "data-new" : "data")
            let restored = try await member.restore(snapshot) {
                $0.walDirectory = wal
                if wal.hasPrefix(data) { $0.dataDirectory = data }
            }
            #expect(restored.walDirectory == wal)
            #expect(try Files.list(wal) == ["0000000000000000-0000000000000000.wal"])
            if wal.hasPrefix(data) {
                #expect(try Files.list(data) == ["member", "wal"])
                continue
            }
            try await EtcdCluster.run([member]) { cluster in
                let value = try await cluster.etcdctl("get", "a", "--print-value-only")
                #expect(value == "1\n")
            }
        }
    }

    /// The two moments in which a kill leaves something under a final name.
    @Test(arguments: EtcdRelease.all)
    func noMemberStartsOnARestoreThatStoppedBetweenItsDirectories(_ release: EtcdRelease) async throws {
        let (folder, snapshot) = try await world()
        for hasData in [false, true] {
            let wal = folder.path(of: "wal\(hasData)")
            let member = try EtcdMember(release, options: EtcdOptions(arguments: ["--wal-dir", wal]))
            try await member.restore(snapshot) { $0.walDirectory = wal }
            let name = WALRecord.fileName(sequence: 0, index: 0)
            try Files.rename("\(wal)/\(name)", to: "\(wal)/\(Staging.withheldLog)")
            try Files.write(Staging.gate, to: "\(wal)/\(name)")
            if !hasData { Files.remove(member.dataDirectory) }
            try await member.start(bootstrap: ["--initial-cluster", "m0=\(member.peerURL)"])
            let start = ContinuousClock.now
            while member.isRunning, .now - start < .seconds(30) {
                let health = try await member.etcdctl([
                    "endpoint", "health", "--command-timeout", "2s", "--dial-timeout", "2s",
                ]).run()
                #expect(!health.succeeded)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(!member.isRunning, "\(member.log)")
            await member.end()
            let error = try await #require(throws: RestoreError.self) {
                try await EtcdMember(release).restore(snapshot) { $0.walDirectory = wal }
            }
            #expect(error == .walDirectoryExists(wal, isUnfinished: true))
        }
    }

    @Test func whatAKilledRestoreLeftIsReportedAndRemovedOnRequest() async throws {
        let (folder, snapshot) = try await world()
        for (data, leftover) in [("data", ".data.etcdrecover-AbCdE1"), ("here", "here/.etcdrecover-xyz123")] {
            if data == "here" { try await Command("mkdir", [folder.path(of: data)]).output() }
            let path = folder.path(of: leftover)
            for removes in [false, true] {
                try await Command("mkdir", ["-p", "\(path)/member/snap"]).output()
                try folder.write("part", to: "\(leftover)/member/snap/db")
                let restored = try await EtcdMember(.newest).restore(snapshot) {
                    $0.dataDirectory = folder.path(of: data)
                    $0.removesLeftovers = removes
                }
                #expect(restored.leftovers == [path])
                #expect(Files.exists(path) != removes)
                #expect(restored.warnings.contains { $0.hasPrefix("left by a restore that was killed") } != removes)
                Files.remove(folder.path(of: "\(data)/member"))
                if data == "data" { Files.remove(folder.path(of: data)) }
            }
        }
    }

    @Test func aRestoreUnderWayKeepsAnotherOut() async throws {
        let (folder, snapshot) = try await world()
        let data = folder.path(of: "data")
        let staging = try Staging.begin(RestoreTarget(dataDirectory: data, walDirectory: nil))
        let error = try await #require(throws: RestoreError.self) {
            try await EtcdMember(.newest).restore(snapshot) { $0.dataDirectory = data }
        }
        guard case .underWay(let path) = error else { throw error }
        #expect(path.hasPrefix(folder.path(of: ".data.etcdrecover-")))
        staging.discard()
        #expect(try Files.list(folder.path) == ["snapshot.db"])
    }

    @Test func pathsAreResolvedAsFarAsTheyExist() async throws {
        let folder = try TemporaryDirectory()
        try await Command("mkdir", ["-p", folder.path(of: "real/deep")]).output()
        try await Command("ln", ["-s", "real", folder.path(of: "link")]).output()
        for (given, expected) in [
            ("link/new/data", "real/new/data"), ("real/./deep//new/", "real/deep/new"), ("link/deep/../x", "real/x"),
        ] {
            #expect(try FilePath(resolving: folder.path(of: given)).text == folder.path(of: expected))
        }
        #expect(throws: RestoreError.self) { try FilePath(resolving: folder.path(of: "none/../x")) }
        #expect(try FilePath(resolving: "/none").parent == "/")
        #expect(try FilePath(resolving: "/").appending("a").text == "/a")
    }

    private func world() async throws -> (TemporaryDirectory, String) {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.etcdctl("put", "a", "1")
            try await cluster.members[0].save(to: snapshot)
        }
        return (folder, snapshot)
    }
}
