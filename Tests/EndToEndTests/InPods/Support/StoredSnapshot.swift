import EtcdRecoverModel
import HTTP
import ObjectStore
import Synchronization
import TestSupport
import Testing

/// The object of a backup, for who wants to harm it.
struct StoredSnapshot: Sendable {
    let store: ObjectStore
    let key: ObjectKey

    static func of(_ backup: EtcdBackup, _ body: (StoredSnapshot) async throws -> Void) async throws {
        let place = try StoreURI(try #require(backup.status?.snapshotLocation))
        let http = try HTTPClient(.init(proxy: .none, version: .http1))
        let store = try open(place, CredentialEnvironment(variable: { _ in nil }, http: http, local: http))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(StoredSnapshot(store: store, key: try ObjectKey(place.path))))
        } catch {
            result = .failure(error)
        }
        await http.shutdown()
        try result.get()
    }

    /// Where this machine reaches it.
    private static func open(_ place: StoreURI, _ environment: CredentialEnvironment) throws -> ObjectStore {
        let stores = try TestStores.current
        guard case .s3 = place else {
            return .open(
                .gcs(GCSLocation(bucket: "bucket", endpoint: stores.gcsEndpoint)), as: .ambient, in: environment)
        }
        let secret = [
            "accessKeyID": SecretBytes(stores.all.id), "secretAccessKey": SecretBytes(stores.all.secret),
        ]
        let location = S3Location(
            bucket: "bucket", region: "us-east-1", endpoint: stores.s3Endpoint, usesPathStyle: true)
        return .open(.s3(location), as: .secret { secret }, in: environment)
    }

    func delete() async throws { try await store.delete(key) }

    /// As a disk that rots: other bytes, under what was recorded of the ones that were written.
    func rot(_ change: (inout [UInt8]) -> Void) async throws {
        let object = try await store.head(key)
        var bytes = try await bytes(of: object)
        change(&bytes)
        try await write(bytes, as: try #require(object.metadata))
    }

    /// As somebody who puts another snapshot in its place, a sound one.
    func replace(by other: StoredSnapshot) async throws {
        let object = try await store.head(other.key)
        try await write(try await bytes(of: object), as: try #require(object.metadata))
    }

    private func bytes(of object: StoredObject) async throws -> [UInt8] {
        let bytes = Mutex<[UInt8]>([])
        try await store.readVerified(object) { chunk in bytes.withLock { $0 += chunk } }
        return bytes.withLock(\.self)
    }

    private func write(_ bytes: [UInt8], as metadata: ObjectMetadata) async throws {
        try await store.delete(key)
        _ = try await store.backend.put(bytes, at: key, metadata)
    }
}
