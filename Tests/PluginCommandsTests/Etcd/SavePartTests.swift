import FoundationEssentials
import Glibc
import Testing

@testable import PluginCommands

/// `FILE.part`, and how it gets its name.
struct SavePartTests {
    private func save(_ text: String, to path: String, overwrites: Bool = false) throws -> SnapshotSavePart {
        let part = try SnapshotSavePart(path, overwrites: overwrites)
        try Array(text.utf8).withUnsafeBytes { try part.write($0, at: 0) }
        try part.sync()
        return part
    }

    private func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    @Test func theFileHasItsNameOnlyWhenItIsWhole() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            let part = try save("whole", to: path)
            #expect(!exists(path))
            var status = stat()
            #expect(stat("\(path).part", &status) == 0 && status.st_mode & 0o777 == 0o600)
            try part.publish()
            #expect(try read(path) == "whole")
            #expect(!exists("\(path).part"))
        }
    }

    @Test func aTakenNameIsRefusedBeforeAnythingIsWritten() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            try write("precious", to: path)
            let failure = #expect(throws: CommandFailure.self) { try SnapshotSavePart(path, overwrites: false) }
            #expect(failure == CommandFailure("\(path) exists", hint: "give another name, or --overwrite"))
            #expect(!exists("\(path).part"))
            try save("new", to: path, overwrites: true).publish()
            #expect(try read(path) == "new")
        }
    }

    @Test func aNameTakenMeanwhileLosesNeitherFile() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            let part = try save("mine", to: path)
            try write("theirs", to: path)
            let failure = #expect(throws: CommandFailure.self) { try part.publish() }
            #expect(failure?.hint == "it stays as \(path).part")
            #expect(try read(path) == "theirs")
            #expect(try read("\(path).part") == "mine")
        }
    }

    @Test(arguments: [false, true]) func aDamagedCopyTakesNobodysName(_ overwrites: Bool) async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            if overwrites { try write("precious", to: path) }
            #expect(try save("damaged", to: path, overwrites: overwrites).publishDamaged() == "\(path).damaged")
            symlink("nowhere", "\(path).damaged-1")
            #expect(try save("again", to: path, overwrites: overwrites).publishDamaged() == "\(path).damaged-2")
            #expect(try read("\(path).damaged") == "damaged")
            #expect(try read("\(path).damaged-2") == "again")
            #expect(!exists("\(path).part") && exists(path) == overwrites)
            if overwrites { #expect(try read(path) == "precious") }
        }
    }

    @Test func whatAnInterruptedSaveLeftIsTakenOver() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            try write("left behind, and longer than what comes", to: "\(path).part")
            chmod("\(path).part", 0o644)
            let part = try save("new", to: path)
            #expect(part.tookOver)
            var status = stat()
            #expect(fstat(part.descriptor, &status) == 0 && status.st_mode & 0o777 == 0o600)
            try part.publish()
            #expect(try read(path) == "new")
        }
    }

    @Test func whatAnotherSaveIsWritingIsLeftAlone() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/db"
            let part = try save("first", to: path)
            let failure = #expect(throws: CommandFailure.self) { try SnapshotSavePart(path, overwrites: true) }
            #expect(failure?.message == "another save is writing \(path).part")
            try part.publish()
            #expect(try read(path) == "first")
        }
    }

    @Test func linksAreNotFollowed() async throws {
        try await withDirectory { directory in
            try write("precious", to: "\(directory)/target")
            symlink("\(directory)/target", "\(directory)/soft.part")
            link("\(directory)/target", "\(directory)/hard.part")
            for name in ["soft", "hard"] {
                #expect(throws: CommandFailure.self) { try SnapshotSavePart("\(directory)/\(name)", overwrites: true) }
            }
            #expect(try read("\(directory)/target") == "precious")
        }
    }

    @Test(arguments: [
        ("", #""" is no name for a file"#), ("x/", #""x/" is no name for a file"#),
        ("/tmp", "/tmp is a directory: name the file in it"),
        ("/nowhere/db", "the directory /nowhere does not exist"),
    ])
    func namesThatCannotBeWrittenAreRefused(_ path: String, message: String) {
        let failure = #expect(throws: CommandFailure.self) { try SnapshotSavePart(path, overwrites: false) }
        #expect(failure?.message == message)
    }

    @Test func devicesAreNotReplaced() {
        let failure = #expect(throws: CommandFailure.self) { try SnapshotSavePart("/dev/null", overwrites: true) }
        #expect(failure?.message.hasPrefix("/dev/null is no regular file") == true)
    }

    @Test func spaceIsAskedForBeforeItIsNeeded() async throws {
        try await withDirectory { directory in
            let part = try SnapshotSavePart("\(directory)/db", overwrites: false)
            try part.requireSpace(for: 4096)
            let failure = #expect(throws: CommandFailure.self) { try part.requireSpace(for: .max) }
            #expect(
                failure?.message.hasPrefix("the snapshot has 8388608TiB and only ") == true, "\(failure?.message ?? "")"
            )
        }
    }

    @Test func largeWritesAreWhole() async throws {
        try await withDirectory { directory in
            let part = try SnapshotSavePart("\(directory)/db", overwrites: false)
            let block = [UInt8](repeating: 7, count: 3 << 20)
            for number in 0..<7 { try block.withUnsafeBytes { try part.write($0, at: Int64(number * block.count)) } }
            try part.sync()
            var status = stat()
            #expect(fstat(part.descriptor, &status) == 0 && status.st_size == 7 * block.count)
        }
    }
}

struct SaveProgressTests {
    @Test func tellsSizeRateAndTimeLeft() {
        var progress = TransferProgress()
        #expect(progress.text == "0B")
        progress.record(64 << 20, of: 1 << 30, at: .seconds(1))
        #expect(progress.text == "64MiB of 1GiB, 6%, 64MiB/s, 15s left")
        progress.record(1 << 30, of: 1 << 30, at: .seconds(4))
        #expect(progress.text == "1GiB of 1GiB, 100%, 256MiB/s, 0s left")
    }

    @Test func theRateIsThatOfTheLatestSeconds() {
        var progress = TransferProgress()
        for second in 1...30 { progress.record(Int64(second) << 20, of: 1 << 30, at: .seconds(second)) }
        #expect(progress.rate == 1_048_576)
        // A transfer that stands still is told to.
        for second in 31...60 { progress.record(30 << 20, of: 1 << 30, at: .seconds(second)) }
        #expect(progress.rate == nil)
        #expect(progress.text == "30MiB of 1GiB, 2%")
    }

    @Test func anEmptyOrUnknownTotalDividesNothing() {
        var progress = TransferProgress()
        progress.record(5, of: nil, at: .seconds(1))
        #expect(progress.text == "5B, 5B/s")
        progress.record(0, of: 0, at: .seconds(2))
        #expect(progress.text == "0B of 0B")
    }
}
