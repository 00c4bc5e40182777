import FoundationEssentials
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import ObjectStore

extension ServedStores {
    @Suite struct SweepTests {
        private let folder: KeyPrefix
        private static let dayAfterTomorrow = StoreClock(
            now: { Date().addingTimeInterval(2 * 86_400) }, sleep: { _ in }, jitter: { 0.5 })

        init() throws {
            folder = try KeyPrefix("sweep/\(randomName())")
        }

        /// Sweeps as it will be done in two days. Requests are signed by today's clock.
        private func sweepLater(_ folder: KeyPrefix) async throws -> [String] {
            let store = ObjectStore(try Stores.current.s3(), clock: Self.dayAfterTomorrow)
            return try await store.sweep(folder).map(\.key)
        }

        private func probe(_ arguments: String...) throws -> Command {
            let stores = try Stores.current
            return Command(
                "\(TestEnvironment.programs)/StoreProbe",
                [arguments[0], "http://127.0.0.1:\(stores.s3Port)", "bucket"] + arguments.dropFirst(),
                environment: [
                    "AWS_ACCESS_KEY_ID": stores.all.accessKeyID,
                    "AWS_SECRET_ACCESS_KEY": stores.all.secretAccessKey.reveal(), "AWS_SESSION_TOKEN": nil,
                ])
        }

        @Test func aKilledUploadIsInvisibleAndSwept() async throws {
            let s3 = try Stores.current.s3()
            let key = try folder.key("a.db")
            let command = try probe("put", key.text, "\(64 << 20)", "\(40 << 20)")
            _ = try await Service.run(command) { probe in
                try await probe.wait(for: "its pause") { probe.log.contains("hanging") }
                try await probe.wait(for: "parts in the store") {
                    guard let upload = try await s3.uploads(folder, after: nil).0.first else { return false }
                    return try await (s3.parts(key: upload.key, id: upload.id) ?? []).count == 4
                }
                probe.signal(9)
                try await Self.wait { !probe.isRunning }
            }
            #expect(try await s3.entries(folder, page: nil, limit: 10).objects.isEmpty)
            await #expect(throws: StoreError.notFound(s3.uri(key.text))) { try await s3.head(key) }
            // It may still be running, for all that is known on the same day. (moto dates all uploads 2010.)
            let proxy = try FaultProxy(to: try Stores.current.s3Port) { _, _ in
                .edit { $0.replacingInitiated(with: Date().formatted(.iso8601)) }
            }
            let today = ObjectStore(try Stores.current.s3(port: proxy.port), clock: .test)
            #expect(try await today.sweep(folder).isEmpty)
            #expect(try await s3.uploads(folder, after: nil).0.count == 1)
            #expect(try await sweepLater(folder) == [key.text])
            #expect(try await s3.uploads(folder, after: nil).0.isEmpty)
        }

        private static func wait(until condition: () -> Bool) async throws {
            let start = ContinuousClock.now
            while !condition(), .now - start < .seconds(30) { try await Task.sleep(for: .milliseconds(20)) }
        }

        /// Uploads of other tools, ours beside the folder, and one of ours that died before its first part.
        @Test func sweepsOnlyItsOwn() async throws {
            let s3 = try Stores.current.s3()
            func begin(_ key: String, parts: [Int]) async throws {
                let call = S3Call(operation: .begin, method: .post, key: key, query: [("uploads", "")])
                let answer = try s3.client.xml(try await s3.client.send(call), "InitiateMultipartUpload", call)
                let upload = S3Upload(
                    backend: s3, key: ObjectKey(trusted: key), id: try #require(answer.text("UploadId")), upload: "x")
                for (index, size) in parts.enumerated() {
                    _ = try await upload.send(.bytes(pattern(size)), number: index + 1, isLast: false)
                }
            }
            let ours = (8 << 20) + S3Backend.partMark
            try await begin(folder.text + "theirs", parts: [5 << 20, 5 << 20])
            try await begin(folder.text + "theirs-empty.db", parts: [])
            try await begin(folder.text + "ours.db", parts: [ours, 1000])
            try await begin(folder.text + "c/b-20260102T030405Z.db", parts: [])
            try await begin("\(folder.text.dropLast())-other/ours.db", parts: [ours])
            #expect(
                try await sweepLater(folder).sorted() == [
                    folder.text + "c/b-20260102T030405Z.db", folder.text + "ours.db",
                ])
            #expect(
                try await s3.uploads(folder, after: nil).0.map(\.key).sorted() == [
                    folder.text + "theirs", folder.text + "theirs-empty.db",
                ])
            #expect(try await s3.uploads(KeyPrefix("\(folder.text.dropLast())-other"), after: nil).0.count == 1)
        }

        @Test(arguments: [StoreKind.s3, .gcs])
        func sweepsRecordsWithoutAnObject(_ kind: StoreKind) async throws {
            var store = try kind.make()
            let backend = try #require(store.backend as? any RecordedBackend)
            let key = try folder.key("a.db")
            _ = try await store.put(Chunks(pattern(9 << 20)), at: key) { _ in ObjectMetadata(revision: 3) }
            func record(of name: String, saying upload: String? = nil) async throws -> ObjectKey {
                var metadata = ObjectMetadata(revision: 1)
                metadata.upload = randomName()
                let record = ObjectRecord.key(of: try folder.key(name), upload: metadata.upload ?? "")
                metadata.upload = upload ?? metadata.upload
                try await backend.write(try ObjectRecord.bytes(metadata), at: record)
                return record
            }
            let orphan = try await record(of: "gone.db")
            // Named alike, and somebody else's for all that is known.
            let others = [
                try await record(of: "other.db", saying: "0123456789abcdef"),
                ObjectRecord.key(of: try folder.key("garbage.db"), upload: randomName()),
                ObjectRecord.key(of: try folder.key("large.db"), upload: randomName()),
            ]
            try await backend.write([1], at: others[1])
            try await backend.write(pattern(ObjectRecord.limit + 1), at: others[2])
            #expect(try await store.sweep(folder).isEmpty)
            _ = try await backend.object(orphan)
            store.clock = Self.dayAfterTomorrow
            #expect(try await store.sweep(folder).map(\.key) == [folder.text + "gone.db"])
            await #expect(throws: StoreError.self) { try await backend.object(orphan) }
            for other in others { _ = try await backend.object(other) }
            #expect(try await store.head(key).metadata?.revision == 3)
        }

        @Test func sweepsPartsOfFiles() async throws {
            let directory = try TemporaryDirectory()
            var store = ObjectStore(FileBackend(directory.path), clock: .test)
            try directory.write("x", to: ".a.db.0123456789abcdef\(NewFile.partSuffix)")
            try directory.write("x", to: "b.part")
            #expect(try await store.list(.all).objects.map(\.key.text) == ["b.part"])
            #expect(try await store.sweep(.all).isEmpty)
            store.clock = Self.dayAfterTomorrow
            #expect(try await store.sweep(.all).map(\.key) == [".a.db.0123456789abcdef\(NewFile.partSuffix)"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["b.part"])
        }

        /// The whole process, at its peak, whatever the size.
        @Test func memoryStaysBoundedUpAndDown() async throws {
            let key = folder.text + "large.db"
            let put = try await probe("put", key, "\(1 << 30)").output(within: .seconds(300))
            let file = try TemporaryDirectory()
            let get = try await probe("get", key, file.path(of: "large.db")).output(within: .seconds(300))
            for line in [put, get] {
                let words = line.split(whereSeparator: \.isWhitespace)
                let peak = try #require(words.last.flatMap { Int($0) })
                #expect(peak < 96 << 10, "KiB at the peak, of \(line)")
            }
            try await ObjectStore(try Stores.current.s3()).delete(ObjectKey(key))
        }
    }
}

extension String {
    /// In a listing of uploads, as long as before.
    fileprivate func replacingInitiated(with time: String) -> String {
        var parts = split(separator: "<Initiated>", omittingEmptySubsequences: false).map(String.init)
        for index in parts.indices.dropFirst() {
            guard let end = parts[index].firstIndex(of: "<") else { continue }
            let space = String(repeating: " ", count: max(0, parts[index][..<end].utf8.count - time.utf8.count))
            parts[index] = "<Initiated>\(time)\(parts[index][end...])\(space)"
        }
        return parts.joined()
    }
}
