import Cryptography
import EtcdClient
import FoundationEssentials
import Logging
import ObjectStore
import SnapshotFile

/// The snapshot of one member under its name in a store: the one that lies there already, or one that is taken.
struct MemberSnapshot: Sendable {
    let store: ObjectStore
    let key: ObjectKey
    /// `namespace/name` of the cluster, as the object's metadata record it.
    let owner: String
    let logger: Logger

    struct Taken: Sendable {
        var object: StoredObject
        /// The newest in it; nil where that was not found.
        var revision: Int64?
        var measured: SnapshotMeasurement?
    }

    /// What an earlier life of the same work has uploaded without coming to write it down.
    func earlier() async throws -> StoredObject? {
        do {
            let object = try await store.head(key)
            guard object.metadata?.cluster == owner, object.metadata?.sha256 != nil else {
                throw StoreError.exists(store.uri(key))
            }
            return object
        } catch StoreError.notFound {
            return nil
        } catch StoreError.denied, StoreError.cannotTellWhetherExists {
            // Some may write and not look: the store's own condition keeps what is there.
            return nil
        }
    }

    /// Streams it into the store, where it comes to be only once etcd's own digest of it was found right.
    /// - Parameters:
    ///   - status: what the member has just said of itself.
    ///   - limit: that of the store on its source comes first, in words that say so.
    ///   - onStream: told when the member has begun.
    func take(
        from endpoint: EtcdEndpoint, of etcd: EtcdClient, named member: String, status: MemberStatus,
        within limit: Duration, onStream: () -> Void = {}
    ) async throws -> Taken {
        let etcd = etcd.at(endpoint)
        let metadata = ObjectMetadata(cluster: owner, member: member, etcdVersion: status.version, time: Date())
        let deadlines = EtcdClient.snapshotDeadlines(total: limit + .seconds(30))
        // The upload digests all of it.
        var taken = try await etcd.withSnapshot(deadlines: deadlines, checksDigest: false) { stream in
            onStream()
            // The store is slower than etcd as a rule, which has the time for it meanwhile.
            async let measured = SnapshotMeasurement.beside(etcd, since: status.header.revision, logger)
            let scanned = RevisionScanned(stream)
            let receipt = try await store.put(scanned, at: key, length: stream.totalBytes, metadata: metadata) {
                bytes in
                try bytes.checkSnapshot(of: endpoint)
                return ObjectMetadata(revision: scanned.revision)
            }
            return Taken(object: receipt.object, revision: scanned.revision, measured: await measured)
        }
        guard let revision = taken.revision else {
            // Of which revision it is was not found, so nothing that was measured can be compared with it.
            taken.measured = nil
            return taken
        }
        // An empty keyspace names no revision, and is at 1.
        if taken.measured?.revision != max(1, revision) {
            taken.measured = await SnapshotMeasurement(of: etcd, at: revision, logger)
        }
        return taken
    }
}

extension UploadedBytes {
    /// Throws where they do not end in the SHA-256 of the others, as etcd had it.
    func checkSnapshot(of endpoint: EtcdEndpoint) throws(SnapshotStreamError) {
        guard !endsInItsSHA256 else { return }
        throw .digestMismatch(
            endpoint, announced: trailer.hexadecimal, actual: sha256BeforeTrailer.description)
    }
}
