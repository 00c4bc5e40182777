import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import ObjectStore

/// What only a directory as a store has to cope with.
struct FileTests {
    private let directory: TemporaryDirectory
    private let backend: FileBackend
    private let store: ObjectStore
    private let key: ObjectKey

    init() throws {
        directory = try TemporaryDirectory()
        backend = FileBackend(directory.path)
        store = ObjectStore(backend, clock: .test)
        key = try ObjectKey("c/b-20260102T030405Z.db")
    }

    private func put(_ key: ObjectKey) async throws {
        _ = try await store.put(Chunks([1, 2, 3]), at: key) { _ in ObjectMetadata(revision: 7) }
    }

    private func folder(_ name: String, mode: mode_t) throws {
        try FileManager.default.createDirectory(atPath: directory.path(of: name), withIntermediateDirectories: true)
        try #require(chmod(directory.path(of: name), mode) == 0)
        try #require(chmod(directory.path, 0o755) == 0)
    }

    /// A volume that is not mounted: what were written there would fill the disk below.
    @Test func makesNoRoot() async throws {
        let missing = directory.path(of: "volume")
        let store = ObjectStore(FileBackend(missing), clock: .test)
        let error = StoreError.noBucket("file://\(missing)")
        await #expect(throws: error) { try await store.put(Chunks([1]), at: key) { _ in ObjectMetadata() } }
        await #expect(throws: error) { try await store.list(.all) }
        await #expect(throws: error) { try await store.list(KeyPrefix("c")) }
        await #expect(throws: error) { try await store.sweep(.all) }
        await #expect(throws: error) { try await store.delete(key) }
        #expect(!FileManager.default.fileExists(atPath: missing))
        #expect("\(error)" == "the directory \(missing) does not exist: create it, or mount the volume")
    }

    @Test func aRootThatIsAFileIsNone() async throws {
        let file = try directory.write("x", to: "file")
        await #expect(throws: StoreError.file(file, doing: "look at", reason: errorText(ENOTDIR))) {
            try await ObjectStore(FileBackend(file)).list(.all)
        }
    }

    @Test func makesFoldersBelowTheRoot() async throws {
        try await put(ObjectKey("a/b/c.db"))
        #expect(try await store.list(.all).objects.map(\.key.text) == ["a/b/c.db"])
        #expect(try await store.list(KeyPrefix("z")).objects.isEmpty)
    }

    @Test func saysWhyAFolderCannotBeMade() throws {
        try folder("closed", mode: 0o555)
        let path = directory.path(of: "closed/a")
        #expect(throws: StoreError.file(path, doing: "create", reason: errorText(EACCES))) {
            try asNobody { try backend.makeDirectories(above: ObjectKey("closed/a/b.db")) }
        }
        // One that is there is no failure, though nothing may be made beside it.
        try folder("closed/a", mode: 0o755)
        try asNobody { try backend.makeDirectories(above: ObjectKey("closed/a/b.db")) }
    }

    @Test func passesOverWhatItMayNotRead() throws {
        try directory.write("x", to: "a.db")
        try directory.write("x", to: "z.db")
        try folder("lost+found", mode: 0)
        func walk(_ prefix: KeyPrefix) throws -> [String] {
            var walk = DirectoryWalk(root: directory.path, after: nil, limit: .max)
            try asNobody { try walk.visit(prefix) }
            return walk.keys.map(\.text)
        }
        #expect(try walk(.all) == ["a.db", "z.db"])
        let asked = directory.path(of: "lost+found/")
        #expect(throws: StoreError.file(asked, doing: "list", reason: errorText(EACCES))) {
            try walk(KeyPrefix("lost+found"))
        }
    }

    @Test(arguments: ["", "{", "[1]", "{}", #"{"etcdrecover-cluster": "c"}"#, String(repeating: " ", count: 1 << 20)])
    func saysThatARecordIsNotOurs(_ text: String) async throws {
        try await put(key)
        #expect(try await store.head(key).recordProblem == nil)
        try directory.write(text, to: "\(key).record.json")
        let object = try await store.head(key)
        #expect(object.recordProblem == .unreadable)
        #expect(object.metadata == ObjectMetadata())
    }

    /// Read as "there is none" it would make the object another's, or nobody's.
    @Test func aRecordThatCannotBeReadIsAnError() async throws {
        try await put(key)
        let record = directory.path(of: "\(key).record.json")
        try FileManager.default.removeItem(atPath: record)
        #expect(try await store.head(key).recordProblem == nil)
        try FileManager.default.createDirectory(atPath: record, withIntermediateDirectories: false)
        await #expect(throws: StoreError.file(record, doing: "read", reason: errorText(EISDIR))) {
            try await store.head(key)
        }
    }

    /// Beside the file that is to be written lies another that only looks like its record.
    @Test func replacesNoRecordButItsOwn() async throws {
        let record = try directory.write("{}", to: "a.db.record.json")
        await #expect(throws: StoreError.exists("file://\(record)")) { try await put(ObjectKey("a.db")) }
        #expect(try directory.read("a.db.record.json") == "{}")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["a.db.record.json"])
        // Of a writer that died before its file had its name.
        var left = ObjectMetadata(revision: 1)
        left.upload = randomName()
        try directory.write(String(decoding: try ObjectRecord.bytes(left), as: UTF8.self), to: "a.db.record.json")
        try await put(ObjectKey("a.db"))
        #expect(try await store.head(ObjectKey("a.db")).metadata?.revision == 7)
    }

    @Test(arguments: [("/", "file:///a/b"), ("//", "file:///a/b"), ("/x//", "file:///x/a/b"), ("/x", "file:///x/a/b")])
    func namesItsPlaces(_ root: String, _ uri: String) {
        #expect(FileBackend(root).uri("a/b") == uri)
    }

    @Test func allOfTheFileSystemMayBeTheRoot() async throws {
        let whole = ObjectStore(FileBackend("/"), clock: .test)
        let key = try ObjectKey(directory.path(of: "a.db").dropFirst().description)
        _ = try await whole.put(Chunks([1]), at: key) { _ in ObjectMetadata() }
        #expect(try await store.list(.all).objects.map(\.key.text) == ["a.db"])
        #expect(try await whole.list(KeyPrefix(String(directory.path.dropFirst()))).objects.map(\.key) == [key])
    }
}
