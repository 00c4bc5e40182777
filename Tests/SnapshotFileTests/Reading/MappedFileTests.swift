import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import SnapshotFile

struct MappedFileTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func `what is no file to read is told by name`() throws {
        let empty = try folder.write("", to: "empty")
        let pipe = folder.path(of: "pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(throws: MappingError.notFound(folder.path(of: "none"))) {
            try MappedFile(path: folder.path(of: "none"))
        }
        #expect(throws: MappingError.directory(folder.path)) { try MappedFile(path: folder.path) }
        #expect(throws: MappingError.empty(empty)) { try MappedFile(path: empty) }
        #expect(throws: MappingError.notRegular(pipe)) { try MappedFile(path: pipe) }
        #expect(throws: MappingError.failed("\(empty)/x", doing: "open", errno: ENOTDIR)) {
            try MappedFile(path: "\(empty)/x")
        }
        #expect(MappingError.empty("a.db").description == "a.db is empty")
    }

    @Test func `a file that another has locked for itself is left alone, unless it is to be read anyway`() throws {
        let path = try folder.write("content", to: "locked")
        let owner = open(path, O_RDWR | O_CLOEXEC)
        defer { close(owner) }
        try #require(flock(owner, LOCK_EX) == 0)
        #expect(throws: MappingError.locked(path)) { try MappedFile(path: path) }
        let readAnyway = try MappedFile(path: path, readingLocked: true)
        #expect(readAnyway.bytes.text == "content")
        try #require(flock(owner, LOCK_UN) == 0)
        let mapped = try MappedFile(path: path)
        #expect(mapped.bytes.text == "content")
        #expect(flock(owner, LOCK_EX | LOCK_NB) == -1)
        withExtendedLifetime(mapped) {}
    }

    @Test func `nothing outside of some bytes is read`() throws {
        let file = try MappedFile(copying: Array(0..<16))
        let bytes = file.bytes
        #expect(bytes.littleEndian(at: 8, as: UInt64.self) == 0x0F0E_0D0C_0B0A_0908)
        #expect(bytes.bigEndian(at: 0, as: UInt16.self) == 1)
        for offset in [9, 16, 17, -1, .max, .min] { #expect(bytes.littleEndian(at: offset, as: UInt64.self) == nil) }
        for (offset, count) in [(0, 17), (16, 1), (17, 0), (-1, 1), (8, .max), (.max, .max), (1, -1), (.min, 1)] {
            #expect(bytes.slice(at: offset, count: count) == nil)
        }
        #expect(bytes.slice(at: 16, count: 0)?.isEmpty == true)
        #expect(bytes.slice(from: 14)?.array == [14, 15])
    }

    @Test func `bytes are ordered as bbolt orders keys`() throws {
        let file = try MappedFile(copying: Array("abcabd".utf8))
        let slice = { (at: Int, count: Int) in file.bytes.slice(at: at, count: count) ?? .empty }
        #expect(slice(0, 3) < slice(3, 3))
        #expect(slice(0, 2) < slice(0, 3))
        #expect(slice(0, 2) == slice(3, 2))
        #expect(slice(0, 0) < slice(0, 1))
        #expect(slice(0, 3).starts(with: slice(3, 2)))
        #expect(slice(0, 2).hashValue == slice(3, 2).hashValue)
    }
}
