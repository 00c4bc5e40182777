import Cryptography
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

/// What is refused leaves everything as it was.
@Suite(.needsEtcd, .timeLimit(.minutes(5)))
struct RestoreRefusalTests {
    @Test func aDirectoryThatHoldsSomethingStaysAsItIs() async throws {
        let (folder, request) = try await world()
        let data = folder.path(of: "data")
        try await Command("mkdir", ["-p", "\(data)/member/snap"]).output()
        try folder.write("precious", to: "data/member/snap/db")
        let before = try await Tree(folder.path)
        await #expect(throws: RestoreError.dataDirectoryNotEmpty(data, content: ["member"])) {
            try await restore(request)
        }
        #expect(try await Tree(folder.path) == before)
    }

    @Test func aFileInThePlaceOfTheDirectoryStaysAsItIs() async throws {
        let (folder, request) = try await world()
        try folder.write("precious", to: "data")
        let before = try await Tree(folder.path)
        await #expect(throws: RestoreError.notADirectory(folder.path(of: "data"))) { try await restore(request) }
        #expect(try await Tree(folder.path) == before)
    }

    @Test func aLogDirectoryThatExistsStaysAsItIs() async throws {
        var (folder, request) = try await world()
        let wal = folder.path(of: "wal")
        try await Command("mkdir", [wal]).output()
        request.walDirectory = wal
        let before = try await Tree(folder.path)
        await #expect(throws: RestoreError.walDirectoryExists(wal, isUnfinished: false)) { try await restore(request) }
        #expect(try await Tree(folder.path) == before)
    }

    @Test func directoriesInOneAnotherAreRefused() async throws {
        let (folder, plain) = try await world()
        let data = folder.path(of: "data")
        for wal in [data, folder.path, "\(data)/member", "\(data)/member/snap", "\(data)/member/wal/x"] {
            var request = plain
            request.walDirectory = wal
            let error = try await #require(throws: RestoreError.self) { try await restore(request) }
            switch error {
            case .directoriesOverlap: break
            default: Issue.record("\(wal): \(error)")
            }
        }
    }

    @Test func everyFlagIsCheckedBeforeAnythingChanges() async throws {
        let (folder, plain) = try await world()
        let before = try await Tree(folder.path)
        let changes: [(String, (inout RestoreRequest) -> Void)] = [
            ("couldn't find local name \"b\" in the initial cluster configuration", { $0.name = "b" }),
            (
                "--initial-cluster has m0=http://127.0.0.1:2380 but missing from "
                    + "--initial-advertise-peer-urls=http://127.0.0.1:2390",
                { $0.advertisedPeerURLs = "http://127.0.0.1:2390" }
            ),
            (
                "--bump-revision and --mark-compacted go together: a revision that jumps ahead is safe only where all "
                    + "revisions before it are marked as compacted", { $0.bumpRevision = 1 }
            ),
            (
                "--bump-revision and --mark-compacted go together: a revision that jumps ahead is safe only where all "
                    + "revisions before it are marked as compacted", { $0.marksCompacted = true }
            ),
            (
                "--bump-revision 9223372036854775807: revision 6 of the snapshot cannot grow by that much",
                {
                    $0.bumpRevision = .max
                    $0.marksCompacted = true
                }
            ),
            ("\(folder.path)/none: there is no such file", { $0.snapshot = "\(folder.path)/none" }),
        ]
        for (expected, change) in changes {
            var request = plain
            change(&request)
            let error = await #expect(throws: (any Error).self) { try await restore(request) }
            #expect(error.map { "\($0)" } == expected)
        }
        #expect(try await Tree(folder.path) == before)
    }

    @Test func aSnapshotThatWasCutOffGivesNoDirectory() async throws {
        let (folder, plain) = try await world()
        let whole = try [UInt8](Data(contentsOf: URL(filePath: plain.snapshot)))
        let sizes = Set(stride(from: 0, through: whole.count - 1, by: 4096).flatMap { [$0, $0 + 32, $0 + 1000] })
        for size in sizes.sorted() where size < whole.count {
            // The image without its hash is whole.
            for skips in [false, true] where !skips || size < whole.count - 32 {
                var request = plain
                request.snapshot = folder.path(of: "cut")
                request.skipsHashCheck = skips
                try Data(whole[..<size]).write(to: URL(filePath: request.snapshot))
                await #expect(throws: (any Error).self, "\(size)") { try await restore(request) }
            }
        }
        try expectNothing(in: folder, but: ["cut", "snapshot.db"])
    }

    @Test func aFlippedBitAnywhereGivesNoDirectory() async throws {
        let (folder, plain) = try await world()
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: plain.snapshot)))
        var request = plain
        request.snapshot = folder.path(of: "flipped")
        for index in stride(from: 0, to: bytes.count, by: bytes.count / 300) {
            bytes[index] ^= 1 << UInt8(index % 8)
            try Data(bytes).write(to: URL(filePath: request.snapshot))
            await #expect(throws: (any Error).self, "\(index)") { try await restore(request) }
            bytes[index] ^= 1 << UInt8(index % 8)
        }
        try expectNothing(in: folder, but: ["flipped", "snapshot.db"])
    }

    @Test func aBrokenTreeIsRefusedWithoutTheHashToo() async throws {
        let (folder, plain) = try await world()
        let database = try Database(path: plain.snapshot)
        var bytes = database.content.array
        let root = Int(database.meta.rootPage) * database.pageSize
        var request = plain
        request.snapshot = folder.path(of: "broken")
        request.skipsHashCheck = true
        for offset in [root, root + 8, root + 10, root + 16, root + 20, root + 24] {
            bytes[offset] ^= 0x55
            try Data(bytes).write(to: URL(filePath: request.snapshot))
            let error = try await #require(throws: RestoreError.self) { try await restore(request) }
            guard case .damaged = error else {
                Issue.record("\(offset): \(error)")
                continue
            }
            bytes[offset] ^= 0x55
        }
        try expectNothing(in: folder, but: ["broken", "snapshot.db"])
    }

    @Test func tooLittleSpaceIsSaidBeforeAnythingChanges() async throws {
        let (folder, request) = try await world()
        let target = try RestoreTarget(
            dataDirectory: try request.dataDirectory.unwrapped("directory"), walDirectory: folder.path(of: "wal"))
        try target.checkSpace(for: 1000) { _ in 64_000_000 }
        #expect(throws: RestoreError.noSpace(folder.path(of: "data"), needed: 64_000_001, available: 64_000_000)) {
            try target.checkSpace(for: 64_000_001) { _ in 64_000_000 }
        }
        #expect(throws: RestoreError.noSpace(folder.path(of: "wal"), needed: 64_000_000, available: 63_999_999)) {
            try target.checkSpace(for: 1000) { _ in 63_999_999 }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small file system takes root"))
    func aDiskThatFillsUpLeavesNothing() async throws {
        let (folder, plain) = try await world(values: 40)
        let disk = folder.path(of: "disk")
        try await Command("mkdir", [disk]).output()
        try await Command("mount", ["-t", "tmpfs", "-o", "size=128m", "tmpfs", disk]).output()
        do {
            var request = plain
            request.dataDirectory = "\(disk)/new/data"
            let restore = try Restore(request)
            // Somebody else takes the space meanwhile.
            try await Command("dd", ["if=/dev/zero", "of=\(disk)/other", "bs=1M", "count=110"]).output()
            let error = try await #require(throws: RestoreError.self) { try await restore.run() }
            guard case .failed(let path, "write", ENOSPC) = error else { throw error }
            #expect(path.hasPrefix("\(disk)/new/.data.etcdrecover-"))
            #expect(error.description == "cannot write \(path): No space left on device")
            #expect(try Files.list(disk) == ["other"])
        } catch {
            try await Command("umount", [disk]).output()
            throw error
        }
        try await Command("umount", [disk]).output()
    }

    @Test func aCancelledRestoreLeavesNothing() async throws {
        let (folder, request) = try await world(values: 40)
        let restore = try Restore(request)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await restore.run()
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        try expectNothing(in: folder, but: ["snapshot.db"])
    }
}

extension RestoreRefusalTests {
    /// A snapshot `snapshot.db` and nothing else, and a restore to `data` beside it.
    private func world(values: Int = 5) async throws -> (TemporaryDirectory, RestoreRequest) {
        let folder = try TemporaryDirectory()
        let snapshot = folder.path(of: "snapshot.db")
        try await EtcdCluster.run(.newest) { cluster in
            for number in 0..<values {
                let size = number < 5 ? 20_000 : 500_000
                try await cluster.members[0].etcdctl(
                    ["put", "key\(number)"], input: String(repeating: "v", count: size)
                ).output()
            }
            try await cluster.members[0].save(to: snapshot)
        }
        var request = RestoreRequest(snapshot: snapshot)
        request.name = "m0"
        request.initialCluster = "m0=http://127.0.0.1:2380"
        request.advertisedPeerURLs = "http://127.0.0.1:2380"
        request.token = "restored"
        request.dataDirectory = folder.path(of: "data")
        return (folder, request)
    }

    @discardableResult
    private func restore(_ request: RestoreRequest) async throws -> RestoredMember {
        try await Restore(request).run()
    }

    private func expectNothing(in folder: TemporaryDirectory, but expected: [String]) throws {
        #expect(try Files.list(folder.path) == expected)
    }
}

/// Names, modes, times and content of everything below a directory.
struct Tree: Equatable {
    let listing: String
    let content: String

    init(_ path: String) async throws {
        listing = try await Command("find", [path, "-printf", "%P %y %m %s %T@ %i\n"]).output()
        content = try await Command("sh", ["-c", "find \"$0\" -type f -print0 | sort -z | xargs -0 sha256sum", path])
            .output()
    }
}
