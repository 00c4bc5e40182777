import Cryptography
import EtcdRecoverModel
import FoundationEssentials
import HTTP
import ObjectStore
import TestSupport

/// A snapshot of a real etcd, put into a real store.
struct SnapshotInStore: Sendable {
    let order: RestoreOrder
    /// Of the init container that may read it.
    let environment: [String: String]
    /// Where it also lies.
    let file: String
    let revision: Int64

    enum Kind: String, CaseIterable, Sendable {
        case s3, gcs
    }

    /// - Parameter recorded: whether the order says what the snapshot is to be.
    static func put(
        _ file: String, revision: Int64 = 0, in kind: Kind = .s3, uid: String = UUID().uuidString.lowercased(),
        recorded: Bool = true
    ) async throws -> SnapshotInStore {
        let key = "etcd/orders/\(UUID().uuidString.lowercased()).db"
        let (destination, _, environment) = try Self.place(kind)
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        let digest = try Digest.sha256(bytes).description
        try await Self.withStore(kind) { store in
            _ = try await store.put(Chunks(bytes: bytes), at: ObjectKey(key)) { _ in
                var metadata = ObjectMetadata(cluster: "prod/orders")
                if recorded, revision > 0 { metadata.revision = revision }
                return metadata
            }
        }
        let order = RestoreOrder(
            restore: .init(namespace: "prod", name: "back", uid: uid, generation: 1), destination: destination,
            key: key,
            sha256: recorded ? digest : nil, revision: recorded && revision > 0 ? revision : nil, version: nil,
            timeout: "60s")
        return SnapshotInStore(order: order, environment: environment, file: file, revision: revision)
    }

    /// With the rights that the agent is given.
    static func withStore<Value>(_ kind: Kind, _ body: (ObjectStore) async throws -> Value) async throws -> Value {
        let stores = try TestStores.current
        let http = try HTTPClient(.init(proxy: .none, version: .http1))
        let secret: [String: SecretBytes] =
            kind == .s3
            ? ["accessKeyID": SecretBytes(stores.all.id), "secretAccessKey": SecretBytes(stores.all.secret)] : [:]
        let store = ObjectStore.open(
            try place(kind).target, as: kind == .s3 ? .secret { secret } : .ambient,
            in: CredentialEnvironment(variable: { _ in nil }, http: http, local: http))
        let value = try await body(store)
        await http.shutdown()
        return value
    }

    static func place(
        _ kind: Kind
    ) throws -> (destination: Destination, target: StoreTarget, environment: [String: String]) {
        let stores = try TestStores.current
        return switch kind {
        case .s3:
            (
                Destination(
                    provider: .s3, secretRef: .init(name: "keys"),
                    s3: .init(bucket: "bucket", region: "us-east-1", endpoint: stores.s3Endpoint, forcePathStyle: true)),
                .s3(
                    S3Location(bucket: "bucket", region: "us-east-1", endpoint: stores.s3Endpoint, usesPathStyle: true)),
                [
                    "ETCDRECOVER_S3_ACCESS_KEY_ID": stores.all.id,
                    "ETCDRECOVER_S3_SECRET_ACCESS_KEY": stores.all.secret,
                ]
            )
        case .gcs:
            (
                Destination(provider: .gcs, gcs: .init(bucket: "bucket", endpoint: stores.gcsEndpoint)),
                .gcs(GCSLocation(bucket: "bucket", endpoint: stores.gcsEndpoint)), [:]
            )
        }
    }

    /// A run of the agent for a member, with what it needs to read the snapshot.
    func run(for member: EtcdMember, _ arguments: [String] = []) -> AgentRun {
        var run = AgentRun(order, for: member, arguments)
        run.environment = environment
        return run
    }
}

/// Bytes in parts.
struct Chunks: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let bytes: [UInt8]

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(1 << 20) }
            return Array(rest.prefix(1 << 20))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...]) }
}
