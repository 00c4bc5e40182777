import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

/// A member that is moved out of the way of another.
struct DisplacementTests {
    private func world(wal: String? = nil) throws -> (folder: TemporaryDirectory, target: RestoreTarget) {
        let folder = try TemporaryDirectory()
        try Files.makeDirectory(folder.path(of: "data"))
        try Files.makeDirectory(folder.path(of: "data/member"))
        try Files.write(Array("old".utf8), to: folder.path(of: "data/member/db"))
        if let wal {
            try Files.makeDirectory(folder.path(of: wal))
            try Files.write(Array("log".utf8), to: folder.path(of: "\(wal)/0.wal"))
        }
        let target = try RestoreTarget(
            dataDirectory: folder.path(of: "data"), walDirectory: wal.map { folder.path(of: $0) }, isDisplacing: true)
        return (folder, target)
    }

    @Test(arguments: [nil, "wal", "data/log"])
    func itTakesAMemberAndItsLogAndAlwaysAPlaceOfItsOwn(_ wal: String?) throws {
        let (folder, target) = try world(wal: wal)
        var expected: [String] = []
        for number in 1...3 {
            var displacement = Displacement(target, name: "u-1")
            try displacement.run()
            let place = folder.path(of: "data/.etcdrecover-aside/u-1") + (number == 1 ? "" : "-\(number)")
            #expect(try Files.list(place) == ["member"] + (wal == nil ? [] : ["wal"]))
            expected.append("\(place)/member")
            #expect(displacement.all.filter { $0.hasSuffix("/member") } == expected)
            #expect(displacement.all.count == expected.count * (wal == nil ? 1 : 2))
            #expect(!Files.exists(folder.path(of: "data/member")))
            try Files.makeDirectory(folder.path(of: "data/member"))
            if let wal { try Files.makeDirectory(folder.path(of: wal)) }
        }
        #expect(try folder.read("data/.etcdrecover-aside/u-1/member/db") == "old")
        #expect(Displacement(target, name: "u-2").all == [])
    }

    @Test func theLogOfAnEarlierRunsMemberGoesWhereThatIs() throws {
        let (folder, target) = try world(wal: "wal")
        let place = folder.path(of: "data/.etcdrecover-aside")
        for path in [place, "\(place)/u-1"] { try Files.makeDirectory(path) }
        try Files.rename(folder.path(of: "data/member"), to: "\(place)/u-1/member")
        var displacement = Displacement(target, name: "u-1")
        try displacement.run()
        #expect(try Files.list("\(place)/u-1") == ["member", "wal"])
    }

    @Test(.enabled(if: getuid() == 0, "mounting a file system takes root"))
    func aLogOnAnotherVolumeStaysThere() async throws {
        let folder = try TemporaryDirectory()
        let volume = folder.path(of: "volume")
        for path in [volume, folder.path(of: "data"), folder.path(of: "data/member")] { try Files.makeDirectory(path) }
        try await Command("mount", ["-t", "tmpfs", "tmpfs", volume]).output()
        let outcome = Result {
            try Files.makeDirectory("\(volume)/wal")
            try Restore.displace(
                dataDirectory: folder.path(of: "data"), walDirectory: "\(volume)/wal", as: "u-1")
            return (
                try Restore.displaced(
                    dataDirectory: folder.path(of: "data"), walDirectory: "\(volume)/wal", as: "u-1"),
                try Files.list(folder.path(of: "data/.etcdrecover-aside/u-1"))
            )
        }
        try await Command("umount", [volume]).output()
        let (paths, names) = try outcome.get()
        #expect(
            paths == [
                folder.path(of: "data/.etcdrecover-aside/u-1/member"), "\(volume)/.etcdrecover-aside/u-1/wal",
            ])
        #expect(names == ["member"])
    }

    @Test func itIsTakenBackWithNothingLeft() throws {
        let (folder, target) = try world(wal: "wal")
        var displacement = Displacement(target, name: "u-1")
        try displacement.run()
        displacement.undo()
        #expect(try Files.list(folder.path(of: "data")) == ["member"])
        #expect(try folder.read("data/member/db") == "old")
        #expect(try folder.read("wal/0.wal") == "log")
    }

    @Test func whereThereIsNothingItLeavesNothing() throws {
        let folder = try TemporaryDirectory()
        try Restore.displace(dataDirectory: folder.path(of: "none"), walDirectory: nil, as: "u-1")
        #expect(try Files.list(folder.path) == [])
    }

    /// What a killed restore leaves is removed by the next one, by its name.
    @Test func itsPlaceIsNoLeftoverOfARestore() throws {
        let (folder, target) = try world()
        var displacement = Displacement(target, name: "u-1")
        try displacement.run()
        let again = try RestoreTarget(
            dataDirectory: folder.path(of: "data"), walDirectory: nil, isDisplacing: true)
        #expect(again.leftovers == [])
        // And a place that has to be empty is not.
        #expect(throws: RestoreError.self) {
            try RestoreTarget(dataDirectory: folder.path(of: "data"), walDirectory: nil)
        }
    }
}
