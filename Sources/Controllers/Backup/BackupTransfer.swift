import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient
import Logging
import ObjectStore
import SnapshotFile

/// How far the work on a backup is.
enum BackupStage: Hashable, Sendable {
    case snapshotting
    case uploading(member: String, reason: String)
}

/// Takes the snapshot of one EtcdBackup and puts it into its store. One attempt; nothing of it stays when it fails.
struct BackupTransfer: Sendable {
    let client: KubernetesClient
    let stores: DestinationStores
    let dial: MemberDial
    let retention: Retention
    let logger: Logger

    func run(_ backup: EtcdBackup, report: @Sendable (BackupStage) -> Void) async throws -> BackupRecord {
        let place = try BackupPlace(backup)
        report(.snapshotting)
        let store = try stores.open(
            place.destination, in: place.namespace, for: "EtcdBackup \(place.namespace)/\(backup.metadata.name ?? "")",
            limits: TransferLimits(sourceDuration: backup.snapshotTimeout))
        var record: BackupRecord
        if let object = try await earlier(place, in: store) {
            record = await adopt(object, place, store)
        } else {
            let cluster = try await locate(place)
            record = try await withEtcd(cluster) { etcd in
                try await take(backup, of: cluster, with: etcd, to: place, in: store, report: report)
            }
        }
        record.pruned = try await retention.prune(backup, place, store)
        return record
    }

    /// The snapshot that an earlier life of this very backup has uploaded, without coming to write it down.
    private func earlier(_ place: BackupPlace, in store: ObjectStore) async throws -> StoredObject? {
        do {
            let object = try await store.head(place.key)
            guard object.metadata?.cluster == place.owner, object.metadata?.sha256 != nil else {
                throw StoreError.exists(store.uri(place.key))
            }
            return object
        } catch StoreError.notFound {
            return nil
        } catch StoreError.denied, StoreError.cannotTellWhetherExists {
            // Some may write and not look: the store's own condition keeps what is there.
            return nil
        }
    }

    private func adopt(_ object: StoredObject, _ place: BackupPlace, _ store: ObjectStore) async -> BackupRecord {
        var snapshot = EtcdBackup.Snapshot(etcdVersion: object.metadata?.etcdVersion)
        snapshot.sha256 = object.metadata?.sha256
        snapshot.revision = object.metadata?.revision
        snapshot.memberName = object.metadata?.member
        snapshot.totalSize = object.size - Self.digestBytes
        if let revision = snapshot.revision, let cluster = try? await locate(place) {
            try? await withEtcd(cluster) { etcd in
                let choice = try choosingSnapshotMember(try await etcd.observeMembers())
                await hash(at: revision, of: etcd.at(choice.endpoint), into: &snapshot)
            }
        }
        return BackupRecord(location: store.uri(place.key), size: object.size, snapshot: snapshot)
    }

    private func locate(_ place: BackupPlace) async throws -> LocatedCluster {
        let locator = ClusterLocator(client, namespace: place.namespace)
        do {
            return try await locator.locate(.etcdCluster(place.cluster))
        } catch let failure as LocationFailure {
            guard case .notFound = failure else { throw failure }
            do { return try await locator.locate(.statefulSet(place.cluster)) } catch LocationFailure.notFound {
                throw failure
            }
        }
    }

    private func withEtcd<Value>(
        _ cluster: LocatedCluster, _ body: (EtcdClient) async throws -> Value
    ) async throws -> Value {
        let endpoints = cluster.members.filter { $0.trouble == nil }.compactMap(dial.endpoint)
        guard !endpoints.isEmpty else {
            let reasons = cluster.members.map { "\($0.pod): \($0.trouble ?? "its address is not known")" }
            throw BackupFailure(
                reason: .membersUnreachable,
                message: "no member of \(cluster.target) runs: \(reasons.joined(separator: "; "))", mayPass: true)
        }
        let etcd = try EtcdClient(
            EtcdClient.Configuration(
                endpoints: endpoints, tls: cluster.tls.options, login: cluster.login, proxy: .none))
        do {
            let value = try await body(etcd)
            await etcd.shutdown()
            return value
        } catch {
            await etcd.shutdown()
            throw error
        }
    }

    private func take(
        _ backup: EtcdBackup, of cluster: LocatedCluster, with etcd: EtcdClient, to place: BackupPlace,
        in store: ObjectStore, report: @Sendable (BackupStage) -> Void
    ) async throws -> BackupRecord {
        let observations = try await etcd.observeMembers()
        let failures = observations.compactMap(\.failure)
        guard failures.count < observations.count else { throw NoEndpointAnswered(failures: failures) }
        let choice = try choosingSnapshotMember(observations)
        let member =
            observations.lazy.compactMap { try? $0.list.get() }.flatMap(\.members).first { $0.id == choice.member }?
            .name ?? cluster.members.first { dial.endpoint($0) == choice.endpoint }?.pod ?? "\(choice.member)"
        var snapshot = EtcdBackup.Snapshot(etcdVersion: choice.status.version)
        snapshot.memberName = member
        snapshot.memberID = choice.member.description
        let metadata = ObjectMetadata(
            cluster: place.owner, member: member, etcdVersion: choice.status.version, time: Date())
        let one = etcd.at(choice.endpoint)
        // The store's limit on its source is the spec's, and ends it with words that say so.
        let deadlines = EtcdClient.snapshotDeadlines(total: backup.snapshotTimeout + .seconds(30))
        let taken = try await one.withSnapshot(deadlines: deadlines) { stream in
            report(.uploading(member: member, reason: choice.reason))
            let scanned = RevisionScanned(stream)
            let receipt = try await store.put(
                scanned, at: place.key, length: stream.totalBytes, metadata: metadata
            ) { _ in ObjectMetadata(revision: scanned.revision) }
            return (receipt: receipt, revision: scanned.revision)
        }
        snapshot.sha256 = taken.receipt.object.metadata?.sha256
        snapshot.totalSize = taken.receipt.object.size - Self.digestBytes
        snapshot.revision = taken.revision
        if let revision = taken.revision { await hash(at: revision, of: one, into: &snapshot) }
        return BackupRecord(
            location: store.uri(place.key), size: taken.receipt.object.size, snapshot: snapshot)
    }

    /// Behind the database in every snapshot that etcd streams.
    private static let digestBytes: Int64 = 32

    /// Nothing is recorded where the member cannot tell, as once it has compacted that revision away.
    private func hash(at revision: Int64, of member: EtcdClient, into snapshot: inout EtcdBackup.Snapshot) async {
        do {
            // etcd counts from 1; a keyspace that nothing was ever written to names no revision, and 0 would mean the newest.
            let counted = Revision(rawValue: max(1, revision))
            let hash = try await member.within(.seconds(60)).hashKV(at: counted)
            snapshot.keyspaceHash = Int64(hash.hash)
            snapshot.compactRevision = hash.compactRevision?.rawValue
        } catch {
            logger.warning("no HashKV at revision \(revision): \(error)")
        }
    }
}
