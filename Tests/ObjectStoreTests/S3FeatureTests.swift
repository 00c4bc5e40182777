import Cryptography
import FoundationEssentials
import HTTP
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

extension ServedStores {
    /// What S3 keeps with an object, and who may delete it.
    @Suite struct S3FeatureTests {
        private let folder: KeyPrefix

        init() throws {
            folder = try KeyPrefix("features/\(randomName())")
        }

        @Test(arguments: [1000, 9 << 20])
        func encryptsAndTags(_ count: Int) async throws {
            let options = S3Options(encryption: .kms(key: nil), tags: ["a b": "c+d", "kind": "etcd"])
            let backend = try Stores.current.s3(options: options)
            let key = try folder.key("a.db")
            _ = try await ObjectStore(backend, clock: .test).put(Chunks(pattern(count)), at: key) { _ in
                ObjectMetadata()
            }
            let head = try await backend.client.send(S3Call(operation: .head, method: .head, key: key.text)).head
            #expect(head.headers[.known("x-amz-server-side-encryption")] == "aws:kms")
            let tagging = try await backend.client.send(
                S3Call(operation: .read, method: .get, key: key.text, query: [("tagging", "")]))
            let tags = try XMLReader.read(tagging.body)["TagSet"]?.all("Tag").map {
                "\($0.text("Key") ?? "")=\($0.text("Value") ?? "")"
            }
            #expect(tags?.sorted() == ["a b=c+d", "kind=etcd"])
        }

        /// moto passes over the lock of a multipart upload, so that one is looked at on its way.
        @Test func asksForALockOnLargeObjectsToo() async throws {
            let proxy = try FaultProxy(to: try Stores.current.s3Port) { _, _ in .forward }
            let until = Date(timeIntervalSince1970: 1_893_553_445)
            let options = S3Options(retention: .init(.compliance, until: until))
            let backend = try Stores.current.s3("locked", port: proxy.port, options: options)
            let key = try folder.key("a.db")
            _ = try await ObjectStore(backend, clock: .test).put(Chunks(pattern(9 << 20)), at: key) { _ in
                ObjectMetadata()
            }
            let begins = proxy.requests.filter(\.isBegin)
            let begin = try #require(begins.first)
            #expect(begin.field("x-amz-object-lock-mode") == "COMPLIANCE")
            #expect(begin.field("x-amz-object-lock-retain-until-date") == "2030-01-02T03:04:05Z")
            // What such buckets insist on.
            let parts = proxy.requests.filter(\.isPart)
            #expect(parts.count == 2)
            #expect(parts.allSatisfy { $0.field("content-md5") != nil })
        }

        @Test func locksAndSeesLocks() async throws {
            let until = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 7200).rounded())
            let locking = try Stores.current.s3(
                "locked", options: S3Options(retention: .init(.governance, until: until)))
            let plain = try Stores.current.s3("locked")
            let times = [1, 2, 3].map { Date(timeIntervalSince1970: 1_700_000_000 + Double($0)) }
            var keys: [ObjectKey] = []
            for (backend, time) in zip([locking, plain, plain], times) {
                let key = try SnapshotName.key(prefix: folder, cluster: "c", backup: "b", time: time)
                _ = try await ObjectStore(backend, clock: .test).put(
                    Chunks([1, 2, 3]), at: key, metadata: ObjectMetadata(cluster: "c", time: time)
                ) { _ in ObjectMetadata() }
                keys.append(key)
            }
            let store = ObjectStore(plain, clock: .test)
            #expect(try await store.head(keys[0]).lock == ObjectLock(retainUntil: until))
            #expect(try await store.head(keys[1]).lock == nil)
            let plan = try await store.planRetention(
                prefix: folder, directory: "c", cluster: "c", retainCount: 1, inUse: [])
            #expect(plan.delete.map(\.key) == [keys[1]])
            #expect(plan.keep.map(\.reason) == [.newest(1), .locked(until: until)])
            let (deleted, failed) = try await store.prune(plan)
            #expect(deleted == [keys[1]] && failed.isEmpty)
            var left: [ObjectKey] = []
            for try await object in store.objects(below: folder) { left.append(object.key) }
            #expect(left == [keys[0], keys[2]])
        }

        /// Parts that do not fit into memory lie in a file meanwhile, and can be sent again from there.
        @Test func largePartsAreSpooled() async throws {
            struct Spooling: StoreBackend {
                let base: S3Backend

                func uri(_ key: String) -> String { base.uri(key) }
                func head(_ key: ObjectKey) async throws -> StoredObject { try await base.head(key) }
                func read(
                    _ key: ObjectKey, _ range: ReadRange, tag: String, receive: @Sendable ([UInt8]) async throws -> Void
                ) async throws { try await base.read(key, range, tag: tag, receive: receive) }
                func list(_ prefix: KeyPrefix, page: String?, limit: Int) async throws -> ListPage {
                    try await base.list(prefix, page: page, limit: limit)
                }
                func delete(_ key: ObjectKey) async throws { try await base.delete(key) }
                func layout(forBytes length: Int64?) -> PartLayout {
                    PartLayout(partSize: 6 << 20, parallel: 2, memoryLimit: 1 << 20)
                }
                func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt {
                    try await base.put(bytes, at: key, metadata)
                }
                func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload {
                    try await base.begin(key, metadata)
                }
                func sweep(_ prefix: KeyPrefix, before time: Date) async throws -> [SweptUpload] {
                    try await base.sweep(prefix, before: time)
                }
            }
            let proxy = try FaultProxy(to: try Stores.current.s3Port) { request, before in
                request.isPart(2) && !before.contains { $0.isPart(2) } ? .reset(afterBytes: 1 << 20) : .forward
            }
            let body = pattern(20 << 20)
            let key = try folder.key("a.db")
            let spooling = ObjectStore(Spooling(base: try Stores.current.s3(port: proxy.port)), clock: .test)
            _ = try await spooling.put(Chunks(body), at: key) { _ in ObjectMetadata() }
            let store = ObjectStore(try Stores.current.s3(), clock: .test)
            let object = try await store.head(key)
            let received = Mutex<[UInt8]>([])
            try await store.read(object) { chunk in received.withLock { $0 += chunk } }
            #expect(received.withLock { $0 } == body)
            #expect(object.metadata?.sha256 == (try Digest.sha256(body).description))
        }

        /// The bodies go unsigned there; moto checks the signature all the same.
        @Test func worksOverTLS() async throws {
            let stores = try Stores.current
            let http = try HTTPClient(
                .init(tls: TLSOptions(certificateAuthorities: Array(stores.certificate.utf8)), proxy: .none))
            let store = ObjectStore(
                S3Backend(
                    S3Location(bucket: "bucket", endpoint: "https://127.0.0.1:\(stores.tlsPort)"), http: http,
                    credentials: CredentialCache { stores.all }, policy: .test, clock: .test), clock: .test)
            let key = try folder.key("a.db")
            let body = pattern(20 << 20)
            _ = try await store.put(Chunks(body), at: key) { _ in ObjectMetadata() }
            let target = try TemporaryDirectory()
            try await store.download(key, to: target.path(of: "a.db"))
            #expect(try Data(contentsOf: URL(filePath: target.path(of: "a.db"))).elementsEqual(body))
            await http.shutdown()
        }

        /// Signed for the bucket as part of the host name, as Amazon has it.
        @Test func signsVirtualHosts() async throws {
            let stores = try Stores.current
            let backend = S3Backend(
                S3Location(bucket: "bucket", endpoint: "http://localhost:\(stores.s3Port)", usesPathStyle: false),
                http: stores.http, credentials: CredentialCache { stores.all }, policy: .test, clock: .test)
            let target = try backend.client.location.target(key: "a", region: "us-east-1")
            #expect(target.host == "bucket.localhost:\(stores.s3Port)")
            let key = try folder.key("a.db")
            _ = try await ObjectStore(backend, clock: .test).put(Chunks([1, 2, 3]), at: key) { _ in ObjectMetadata() }
            #expect(try await ObjectStore(stores.s3()).head(key).size == 3)
        }
    }
}
