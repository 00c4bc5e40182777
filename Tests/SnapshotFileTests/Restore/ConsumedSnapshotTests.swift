import FoundationEssentials
import TestSupport
import Testing

@testable import SnapshotFile

/// A snapshot that becomes the database instead of being copied, and the note that appears with the member.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct ConsumedSnapshotTests {
    private func world() async throws -> (folder: TemporaryDirectory, snapshot: String) {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest) { cluster in
            try await cluster.members[0].fill()
            try await cluster.members[0].save(to: snapshot)
        }
        return (folder, snapshot)
    }

    @Test(arguments: [false, true])
    func itIsTheSameFileAndHasTheBytesThatACopyHas(_ skipsHashCheck: Bool) async throws {
        let (folder, snapshot) = try await world()
        let (data, copied) = (folder.path(of: "data"), folder.path(of: "copied"))
        try await Command("mkdir", ["-p", "\(data)/inbox"]).output()
        let own = "\(data)/inbox/own.db"
        try await Command("cp", [snapshot, own]).output()
        let inode = try await Command("stat", ["-c", "%i", own]).output()
        let member = try EtcdMember(.newest)
        let restored = try await member.restore(own) {
            $0.dataDirectory = data
            $0.skipsHashCheck = skipsHashCheck
            $0.consumesSnapshot = true
            $0.note = RestoreRequest.Note(name: "note") { Array("revision \($0.revision)".utf8) }
        }
        try await member.restore(snapshot) {
            $0.dataDirectory = copied
            $0.skipsHashCheck = skipsHashCheck
        }
        let database = "\(data)/member/snap/db"
        #expect(try await Command("stat", ["-c", "%i", database]).output() == inode)
        #expect(try await Command("cmp", [database, "\(copied)/member/snap/db"]).run().succeeded)
        #expect(try folder.read("data/member/note") == "revision \(restored.revision)")
        #expect(try Files.list(data) == ["inbox", "member"])
        #expect(try Files.list("\(data)/inbox") == [])
        #expect(Files.exists(snapshot))
    }

    @Test func itStaysWhereThePlaceIsNotFree() async throws {
        let (folder, snapshot) = try await world()
        let data = folder.path(of: "data")
        try await Command("mkdir", ["-p", "\(data)/inbox", "\(data)/other"]).output()
        let own = "\(data)/inbox/own.db"
        try await Command("cp", [snapshot, own]).output()
        await #expect(throws: RestoreError.dataDirectoryNotEmpty(data, content: ["other"])) {
            try await EtcdMember(.newest).restore(own) {
                $0.dataDirectory = data
                $0.consumesSnapshot = true
            }
        }
        #expect(Files.exists(own))
    }

    @Test func damageAndANoteThatCannotBeMadeLeaveNothing() async throws {
        let (folder, snapshot) = try await world()
        let data = folder.path(of: "data")
        try await Command("mkdir", [data]).output()
        var bytes = Array(try Data(contentsOf: URL(filePath: snapshot)))
        let own = "\(data)/own.db"
        struct NoNote: Error {}
        for isDamaged in [false, true] {
            if isDamaged { bytes[bytes.count / 2] ^= 1 }
            try Data(bytes).write(to: URL(filePath: own))
            await #expect(throws: (any Error).self) {
                try await EtcdMember(.newest).restore(own) {
                    $0.dataDirectory = data
                    $0.consumesSnapshot = true
                    $0.note = RestoreRequest.Note(name: "note") { _ in throw NoNote() }
                }
            }
            #expect(try Files.list(data) == [])
        }
    }
}
