import Cryptography
import Synchronization
import Testing

@testable import ObjectStore

/// A suite of faults before one server.
protocol FaultSuite {
    /// Of one test.
    var key: ObjectKey { get }
    static var port: Int { get throws }
    /// The server's store, as it is at a proxy's port or its own.
    static func backend(port: Int, clock: StoreClock) throws -> any StoreBackend
}

/// Three parts.
let largeObject = pattern(20 << 20)

extension FaultSuite {
    func proxy(
        _ decide: @escaping @Sendable (FaultProxy.Seen, _ before: [FaultProxy.Seen]) -> FaultProxy.Action
    ) throws -> FaultProxy {
        try FaultProxy(to: try Self.port, decide)
    }

    /// Behind a proxy, or without.
    func store(_ proxy: FaultProxy? = nil, clock: StoreClock = .test) throws -> ObjectStore {
        let port = try proxy?.port ?? Self.port
        return ObjectStore(try Self.backend(port: port, clock: clock), limits: .test, clock: clock)
    }

    @discardableResult
    func put(_ bytes: [UInt8], in store: ObjectStore) async throws -> PutReceipt {
        try await store.put(Chunks(bytes), at: key) { _ in ObjectMetadata(revision: 7) }
    }

    /// The server has these bytes and what is known of them.
    func expectWhole(_ bytes: [UInt8]) async throws {
        let direct = try store()
        let object = try await direct.head(key)
        #expect(object.metadata?.sha256 == (try Digest.sha256(bytes).description))
        #expect(object.metadata?.revision == 7)
        let received = Mutex<[UInt8]>([])
        try await direct.read(object) { chunk in received.withLock { $0 += chunk } }
        #expect(received.withLock { $0 } == bytes)
        if let s3 = direct.backend as? S3Backend {
            #expect(try await s3.uploads(.all, after: nil).0.allSatisfy { $0.key != key.text })
        }
    }
}
