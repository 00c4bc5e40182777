import Cryptography
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// What every store does, whatever it is made of.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case s3
    case gcs
    case file

    var testDescription: String { rawValue }

    static var available: [StoreKind] { [.s3, .file] }

    func make(limits: TransferLimits = TransferLimits(retry: .test)) throws -> ObjectStore {
        switch self {
        case .s3: ObjectStore(try Stores.current.s3(), limits: limits, clock: .test)
        default: throw MissingPart("later")
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

        @Test(arguments: StoreKind.available, [0, 1, 100_000, (8 << 20) + S3Backend.partMark, 20 << 20])
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
    }
}
