import Cryptography
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// What every store does, whatever it is made of.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case s3
    /// The same, from a store of another making.
    case swift
    case gcs
    case file

    var testDescription: String { rawValue }

    func make(limits: TransferLimits = .test, clock: StoreClock = .test) throws -> ObjectStore {
        switch self {
        case .s3: ObjectStore(try Stores.current.s3(), limits: limits, clock: clock)
        case .swift: ObjectStore(try Stores.current.swift(), limits: limits, clock: clock)
        case .gcs: ObjectStore(try Stores.current.gcs(), limits: limits, clock: clock)
        case .file: ObjectStore(FileBackend(try Stores.current.directory), limits: limits, clock: clock)
        }
    }
}

extension ServedStores {
    @Suite struct ContractTests {
        /// A folder of one test.
        private func folder() throws -> KeyPrefix { try KeyPrefix("contract/\(randomName())") }

        private func bytes(of key: ObjectKey, in store: ObjectStore, _ range: ReadRange = ReadRange()) async throws
            -> [UInt8]
        {
            let received = Mutex<[UInt8]>([])
            try await store.read(try await store.head(key), range) { chunk in received.withLock { $0 += chunk } }
            return received.withLock { $0 }
        }

        private static let facts = ObjectMetadata(
            cluster: "prod/größe 1", member: "m0", etcdVersion: "3.5.30", revision: 41,
            time: Date(timeIntervalSince1970: 1_700_000_000))

        @Test(arguments: StoreKind.allCases, [0, 1, 100_000, (8 << 20) + S3Backend.partMark, 20 << 20])
        func givesBackWhatWasPut(_ kind: StoreKind, _ count: Int) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            let bytes = pattern(count)
            let receipt = try await store.put(Chunks(bytes), at: key, metadata: Self.facts) { uploaded in
                #expect(uploaded.count == Int64(count))
                return ObjectMetadata(revision: 42)
            }
            #expect(receipt.object.size == Int64(count))
            let object = try await store.head(key)
            #expect(object.tag == receipt.object.tag)
            #expect(object.metadata?.sha256 == (try Digest.sha256(bytes).description))
            #expect(object.metadata?.revision == 42)
            #expect(object.metadata?.cluster == "prod/größe 1")
            #expect(object.metadata?.member == "m0")
            #expect(object.metadata?.etcdVersion == "3.5.30")
            #expect(object.metadata?.time == Self.facts.time)
            #expect(try await self.bytes(of: key, in: store) == bytes)
        }

        /// Hidden in listings, and some day swept away, it would be lost.
        @Test(arguments: StoreKind.allCases)
        func refusesNamesOfRecords(_ kind: StoreKind) async throws {
            let (store, folder) = (try kind.make(), try folder())
            let key = ObjectRecord.key(of: try folder.key("a.db"), upload: randomName())
            let refusal = StoreError.invalidKey(key.text, reason: "ends like the records that lie beside objects")
            await #expect(throws: refusal) { try await put([1], at: key, in: store) }
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: [StoreKind.s3, .gcs])
        func saysWhatIsWrongWithARecord(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let backend = try #require(store.backend as? any RecordedBackend)
            let key = try folder().key("a.db")
            _ = try await store.put(Chunks(pattern(9 << 20)), at: key, metadata: Self.facts) { _ in ObjectMetadata() }
            let object = try await store.head(key)
            #expect(object.recordProblem == nil)
            var another = try #require(object.metadata)
            let record = ObjectRecord.key(of: key, upload: try #require(another.upload))
            another.upload = randomName()
            for bytes in [[1], Array("{}".utf8), try ObjectRecord.bytes(another), pattern(100_000)] {
                try await backend.write(bytes, at: record)
                let damaged = try await store.head(key)
                #expect(damaged.recordProblem == .unreadable)
                #expect(damaged.metadata?.sha256 == nil && damaged.metadata?.cluster == Self.facts.cluster)
            }
            try await backend.remove(record)
            #expect(try await store.head(key).recordProblem == .missing)
        }

        @Test(arguments: StoreKind.allCases, [0, 9 << 20])
        func neverOverwrites(_ kind: StoreKind, _ count: Int) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            try await put([1, 2, 3], at: key, in: store)
            await #expect(throws: StoreError.exists(store.uri(key))) {
                try await put(pattern(count), at: key, in: store)
            }
            #expect(try await bytes(of: key, in: store) == [1, 2, 3])
        }

        /// Two writers of one key at the same moment, one object, and its digest with it. Swift has no condition to ask for.
        @Test(arguments: StoreKind.allCases.filter { $0 != .swift })
        func oneOfTwoWritersWins(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            let bodies = [pattern(9 << 20, seed: 1), pattern(9 << 20, seed: 2)]
            let outcomes = await withTaskGroup(of: Result<PutReceipt, any Error>.self) { group in
                for body in bodies {
                    group.addTask {
                        do { return .success(try await put(body, at: key, in: store)) } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let receipts = outcomes.compactMap { try? $0.get() }
            try #require(receipts.count == 1, "\(outcomes)")
            let stored = try await bytes(of: key, in: store)
            #expect(try await store.head(key).metadata?.sha256 == (try Digest.sha256(stored).description))
        }

        @Test(arguments: StoreKind.allCases, [1 << 20, 20 << 20])
        func aSourceThatBreaksLeavesNothing(_ kind: StoreKind, _ count: Int) async throws {
            let (store, folder) = (try kind.make(), try folder())
            await #expect(throws: Chunks.Broken.self) {
                try await store.put(Chunks.breaking(after: pattern(count)), at: folder.key("a.db")) { _ in
                    Issue.record("sealed a source that broke")
                    return ObjectMetadata()
                }
            }
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: StoreKind.allCases, [1 << 20, 20 << 20])
        func aSealThatRefusesLeavesNothing(_ kind: StoreKind, _ count: Int) async throws {
            let (store, folder) = (try kind.make(), try folder())
            await #expect(throws: Chunks.Broken.self) {
                try await store.put(Chunks(pattern(count)), at: folder.key("a.db")) { _ in throw Chunks.Broken() }
            }
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: StoreKind.allCases)
        func cancellationLeavesNothing(_ kind: StoreKind) async throws {
            let (store, folder) = (try kind.make(), try folder())
            let piece = pattern(9 << 20)
            let source = Chunks(count: 3) { index in
                if index == 2 { try await Task.sleep(for: .seconds(3600)) }
                return piece
            }
            let (steps, step) = AsyncStream.makeStream(of: Int64.self)
            let task = Task {
                try await store.put(source, at: folder.key("a.db"), progress: { step.yield($0) }) { _ in
                    ObjectMetadata()
                }
            }
            for await count in steps where count == 18 << 20 { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: StoreKind.allCases)
        func aSourceThatTakesTooLongIsGivenUp(_ kind: StoreKind) async throws {
            let folder = try folder()
            let limits = TransferLimits(sourceDuration: .seconds(600), retry: .test, grace: TransferLimits.test.grace)
            let store = try kind.make(limits: limits)
            let source = Chunks(count: 1) { _ in
                try await Task.sleep(for: .seconds(3600))
                return []
            }
            let key = try folder.key("a.db")
            await #expect(throws: StoreError.sourceTooSlow(store.uri(key), limit: .seconds(600))) {
                try await store.put(source, at: key) { _ in ObjectMetadata() }
            }
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: StoreKind.allCases)
        func readsRanges(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            let body = pattern(1 << 20)
            try await put(body, at: key, in: store)
            #expect(
                try await bytes(of: key, in: store, ReadRange(from: 1000, through: 1999)) == Array(body[1000..<2000]))
            #expect(try await bytes(of: key, in: store, ReadRange(from: 1 << 19)) == Array(body[(1 << 19)...]))
            #expect(try await bytes(of: key, in: store, ReadRange(from: 1 << 20)) == [])
        }

        @Test(arguments: StoreKind.allCases)
        func noticesThatAnObjectWasReplaced(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            try await put([1, 2, 3], at: key, in: store)
            let before = try await store.head(key)
            try await store.delete(key)
            try await put([4, 5, 6], at: key, in: store)
            await #expect(throws: StoreError.changed(store.uri(key))) { try await store.read(before) { _ in } }
        }

        @Test(arguments: StoreKind.allCases)
        func saysThatAnObjectIsNotThere(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            await #expect(throws: StoreError.notFound(store.uri(key))) { try await store.head(key) }
            try await store.delete(key)
        }

        @Test(arguments: StoreKind.allCases)
        func listsInOrderByPages(_ kind: StoreKind) async throws {
            let (store, folder) = (try kind.make(), try folder())
            let names = ["a", "a/b", "a-b", "b/c/d", "b/c.d", "z"].filter { kind != .file || $0 != "a" }
            for name in names { try await put(Array(name.utf8), at: folder.key(name), in: store) }
            // Not in the folder, though it begins alike.
            try await put([], at: ObjectKey("\(folder.text.dropLast())-x"), in: store)
            let expected = try names.map { try folder.key($0) }.sorted()
            var found: [StoredObject] = []
            var page: String?
            var pages = 0
            repeat {
                let answer = try await store.list(folder, page: page, limit: 2)
                #expect(answer.objects.count <= 2)
                (found, page, pages) = (found + answer.objects, answer.next, pages + 1)
            } while page != nil
            #expect(found.map(\.key) == expected)
            #expect(found.map(\.size) == expected.map { Int64($0.text.utf8.count - folder.text.utf8.count) })
            #expect(pages > 2)
            var all: [ObjectKey] = []
            for try await object in store.objects(below: folder) { all.append(object.key) }
            #expect(all == expected)
        }

        /// Large enough for a record beside the object where the store takes metadata at the begin only.
        @Test(arguments: StoreKind.allCases)
        func deletesWithoutARest(_ kind: StoreKind) async throws {
            let (store, folder) = (try kind.make(), try folder())
            try await put(pattern(9 << 20), at: folder.key("a.db"), in: store)
            var keys: [ObjectKey] = []
            for try await object in store.objects(below: folder) { keys.append(object.key) }
            #expect(keys == [try folder.key("a.db")])
            try await store.delete(folder.key("a.db"))
            try await expectNothing(in: folder, of: store)
        }

        @Test(
            arguments: StoreKind.allCases,
            [
                "with space.db", "a+b.db", "100%.db", "%2F.db", "größe/Ω/🗄️.db", "a..b/..c.db", "q?x=1&y#z.db",
                "(a)'b*c!~.db", "a\\b.db", "a:b;c,d=e@f$.db", "<a>&\"b\".db",
            ])
        func takesOddKeys(_ kind: StoreKind, _ name: String) async throws {
            let (store, folder) = (try kind.make(), try folder())
            let key = try folder.key(name)
            try await put(Array(name.utf8), at: key, in: store)
            #expect(try await bytes(of: key, in: store) == Array(name.utf8))
            var keys: [ObjectKey] = []
            for try await object in store.objects(below: folder) { keys.append(object.key) }
            #expect(keys == [key])
            try await store.delete(key)
            try await expectNothing(in: folder, of: store)
        }

        @Test(arguments: StoreKind.allCases)
        func downloadsOnlyWhatIsSound(_ kind: StoreKind) async throws {
            let store = try kind.make()
            let key = try folder().key("a.db")
            let body = pattern(9 << 20)
            try await put(body, at: key, in: store)
            let target = try TemporaryDirectory()
            let path = target.path(of: "a.db")
            try await store.download(key, to: path)
            #expect(try Data(contentsOf: URL(filePath: path)).elementsEqual(body))
            #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["a.db"])
            await #expect(throws: StoreError.exists(path)) { try await store.download(key, to: path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == ["a.db"])
        }

        @Test(arguments: StoreKind.allCases)
        func keepsToItsBandwidth(_ kind: StoreKind) async throws {
            let slept = Mutex(Duration.zero)
            let start = Date(timeIntervalSince1970: 1_700_000_000)
            let clock = StoreClock(
                now: { start.addingTimeInterval(slept.withLock { $0 }.seconds) },
                sleep: { pause in slept.withLock { $0 += pause } })
            // Signed by the time of day, S3 would not take that clock.
            let store = try kind.make(limits: TransferLimits(bytesPerSecond: 1 << 20, retry: .test), clock: clock)
            let key = try folder().key("a.db")
            try await put(pattern(10 << 20), at: key, in: store)
            #expect(slept.withLock { $0 } > .seconds(9.5) && slept.withLock { $0 } < .seconds(10.1))
            try await store.read(try await store.head(key)) { _ in }
            #expect(slept.withLock { $0 } > .seconds(19) && slept.withLock { $0 } < .seconds(20.2))
        }

        /// The preview says what goes, and just that goes.
        @Test(arguments: StoreKind.allCases)
        func prunesAsPlanned(_ kind: StoreKind) async throws {
            let (store, folder) = (try kind.make(), try folder())
            func key(_ directory: String, _ day: Int) throws -> ObjectKey {
                try SnapshotName.key(
                    prefix: folder, cluster: directory, backup: "b",
                    time: Date(timeIntervalSince1970: 1_700_000_000 + Double(day) * 86_400))
            }
            for directory in ["c", "c-prod"] {
                for day in 1...4 {
                    _ = try await store.put(
                        Chunks([UInt8(day)]), at: key(directory, day), metadata: ObjectMetadata(cluster: directory)
                    ) { _ in ObjectMetadata() }
                }
            }
            try await put([], at: try folder.key("c/by-hand.db"), in: store)
            // Newer than all others, if it counted.
            try await put([], at: try key("c", 5), in: store)
            let plan = try await store.planRetention(
                prefix: folder, directory: "c", cluster: "c", retainCount: 2, inUse: [try key("c", 1)])
            #expect(plan.delete.map(\.key) == [try key("c", 2)])
            #expect(plan.keep.map(\.reason) == [.newest(1), .newest(2), .inUse, .empty, .foreign])
            let (deleted, failed) = try await store.prune(plan)
            #expect(deleted == plan.delete.map(\.key) && failed.isEmpty)
            var left: [ObjectKey] = []
            for try await object in store.objects(below: folder) { left.append(object.key) }
            let expected = try [1, 3, 4, 5].map { try key("c", $0) } + (1...4).map { try key("c-prod", $0) }
            #expect(left == (expected + [try folder.key("c/by-hand.db")]).sorted())
        }

        @discardableResult
        private func put(_ bytes: [UInt8], at key: ObjectKey, in store: ObjectStore) async throws -> PutReceipt {
            try await store.put(Chunks(bytes), at: key) { _ in ObjectMetadata() }
        }

        /// No object, no record, no part of one.
        private func expectNothing(in folder: KeyPrefix, of store: ObjectStore) async throws {
            if let s3 = store.backend as? S3Backend {
                #expect(try await s3.entries(folder, page: nil, limit: 1000).objects.isEmpty)
                #expect(try await s3.uploads(folder, after: nil).0.isEmpty)
            } else if let file = store.backend as? FileBackend {
                let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(file.root)/\(folder.text)")) ?? []
                #expect(
                    names.filter { name in
                        var isDirectory = false
                        _ = FileManager.default.fileExists(
                            atPath: "\(file.root)/\(folder.text)\(name)", isDirectory: &isDirectory)
                        return !isDirectory
                    }.isEmpty)
            }
            #expect(try await store.list(folder).objects.isEmpty)
        }
    }
}
