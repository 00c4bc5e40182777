import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

struct AllowanceTests {
    private final class Log: Sendable {
        private let content = Mutex<[String]>([])
        var lines: [String] { content.withLock { $0 } }

        func append(_ line: String) { content.withLock { $0.append(line) } }
    }

    @Test func whoWantsMuchIsNotPassedByThoseWhoWantLittle() async throws {
        let allowance = Allowance(3)
        try await allowance.take(2)
        let served = Log()
        let large = Task.immediate { @Sendable in
            try await allowance.take(3)
            served.append("large")
            allowance.giveBack(3)
        }
        let small = Task.immediate { @Sendable in
            try await allowance.take(1)
            served.append("small")
        }
        #expect(served.lines.isEmpty)
        allowance.giveBack(2)
        try await large.value
        try await small.value
        #expect(served.lines == ["large", "small"])
    }

    @Test func whoIsCancelledTakesNothingAndHoldsUpNobody() async throws {
        let allowance = Allowance(3)
        try await allowance.take(2)
        let large = Task.immediate { @Sendable in try await allowance.take(3) }
        let small = Task.immediate { @Sendable in try await allowance.take(1) }
        large.cancel()
        try await small.value
        await #expect(throws: CancellationError.self) { try await large.value }
        allowance.giveBack(3)
        try await allowance.take(3)
    }

    @Test func whoWantsMoreThanThereIsGetsAll() async throws {
        let allowance = Allowance(3)
        try await allowance.take(10)
        let other = Task.immediate { @Sendable in try await allowance.take(1) }
        allowance.giveBack(10)
        try await other.value
    }
}

/// Parts of a directory's objects are 1 MiB.
@Suite(.timeLimit(.minutes(1))) struct PartMemoryTests {
    private let directory: TemporaryDirectory
    private let memory = PartMemory(bytes: 2 << 20)
    private var store: ObjectStore

    init() throws {
        directory = try TemporaryDirectory()
        store = ObjectStore(FileBackend(directory.path), clock: .test)
        store.memory = memory
    }

    @Test func manyUploadsShareMemoryForTwoParts() async throws {
        let bodies = (0..<8).map { pattern(5 << 20, seed: $0 + 1) }
        try await withThrowingTaskGroup { group in
            for (number, body) in bodies.enumerated() {
                group.addTask {
                    _ = try await store.put(Chunks(body), at: ObjectKey("\(number).db")) { _ in
                        #expect(memory.lent <= 2)
                        return ObjectMetadata()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(memory.lent == 0)
        for (number, body) in bodies.enumerated() {
            let read = Mutex<[UInt8]>([])
            try await store.read(try await store.head(ObjectKey("\(number).db"))) { chunk in
                read.withLock { $0 += chunk }
            }
            let whole = read.withLock { $0 }
            #expect(whole == body)
        }
    }

    /// Fresh memory would be faulted in page by page.
    @Test func theMemoryOfAPartIsUsedAgain() async throws {
        memory.begin()
        let part = pattern(1 << 20)
        var places: Set<UnsafeRawPointer?> = []
        for _ in 0..<10 {
            var loan = try await memory.lend(part.count)
            loan.append(part[...])
            let buffer = PartBuffer(loan)
            places.insert(buffer.bytes.withUnsafeBytes(\.baseAddress))
            #expect(buffer.bytes == part)
        }
        memory.end()
        #expect(places.count == 1)
    }

    @Test func uploadThatFailsGivesAllBack() async throws {
        await #expect(throws: Chunks.Broken.self) {
            try await store.put(Chunks.breaking(after: pattern(3 << 20)), at: ObjectKey("a.db")) { _ in ObjectMetadata()
            }
        }
        #expect(memory.lent == 0)
    }
}
