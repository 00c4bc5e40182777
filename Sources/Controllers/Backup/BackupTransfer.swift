import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import KubernetesClient
import Logging
import ObjectStore

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

    /// `isNew`: no attempt was ever begun, here or by another process.
    func run(
        _ backup: EtcdBackup, isNew: Bool, report: @Sendable (BackupStage) -> Void
    ) async throws -> BackupRecord {
        let place = try BackupPlace(backup)
        report(.snapshotting)
        let store = try stores.open(
            place.destination, in: place.namespace, for: "EtcdBackup \(place.namespace)/\(backup.metadata.name ?? "")",
            limits: TransferLimits(sourceDuration: backup.snapshotTimeout))
        let snapshot = MemberSnapshot(store: store, key: place.key, owner: place.owner, logger: logger)
        var record: BackupRecord
        if let object = try await snapshot.earlier() {
            record = await adopt(object, place, store)
        } else {
            if !isNew { try await retention.sweepEarlier(place, store) }
            let cluster = try await locate(place)
            record = try await withEtcd(cluster) { etcd in
                try await take(snapshot, for: backup, of: cluster, with: etcd, report: report)
            }
        }
        record.pruned = try await retention.prune(backup, place, store)
        return record
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
                snapshot.note(await SnapshotMeasurement(of: etcd.at(choice.endpoint), at: revision, logger))
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
            throw Failure(
                reason: .membersUnreachable,
                message: "no member of \(cluster.target) runs: \(reasons.joined(separator: "; "))", mayPass: true)
        }
        return try await cluster.withEtcd(at: endpoints, body)
    }

    private func take(
        _ member: MemberSnapshot, for backup: EtcdBackup, of cluster: LocatedCluster, with etcd: EtcdClient,
        report: @Sendable (BackupStage) -> Void
    ) async throws -> BackupRecord {
        let observations = try await etcd.observeMembers()
        let failures = observations.compactMap(\.failure)
        guard failures.count < observations.count else { throw NoEndpointAnswered(failures: failures) }
        let choice = try choosingSnapshotMember(observations)
        let name =
            observations.lazy.compactMap { try? $0.list.get() }.flatMap(\.members).first { $0.id == choice.member }?
            .name ?? cluster.members.first { dial.endpoint($0) == choice.endpoint }?.pod ?? "\(choice.member)"
        let taken = try await member.take(
            from: choice.endpoint, of: etcd, named: name, status: choice.status, within: backup.snapshotTimeout
        ) {
            report(.uploading(member: name, reason: choice.reason))
        }
        var snapshot = EtcdBackup.Snapshot(etcdVersion: choice.status.version)
        snapshot.memberName = name
        snapshot.memberID = choice.member.description
        snapshot.sha256 = taken.object.metadata?.sha256
        snapshot.totalSize = taken.object.size - Self.digestBytes
        snapshot.revision = taken.revision
        if let measured = taken.measured { snapshot.note(measured) }
        return BackupRecord(location: member.store.uri(member.key), size: taken.object.size, snapshot: snapshot)
    }

    /// Behind the database in every snapshot that etcd streams.
    private static let digestBytes: Int64 = 32
}
