import Admission
import ClusterAccess
import EtcdClient
import EtcdRecoverModel
import FoundationEssentials
import KubernetesClient
import Logging
import ObjectStore

/// Snapshots of the members that are left, taken before anything is changed. Nobody but a person deletes them.
struct RescueCopies: Sendable {
    let client: KubernetesClient
    let stores: DestinationStores
    let volume: RescueVolume?
    let dial: MemberDial
    let tokens: HeldTokens
    let logger: Logger

    /// `<prefix>/<cluster>.rescue/<recovery>/<member>-<time of the approval>.db`: apart from the cluster's backups, so that
    /// retention never finds them, and the same for whoever goes on after a crash. On the controller's volume, which is one
    /// for all namespaces, `<namespace>/<uid>/<member>-<time>.db`.
    static func key(_ recovery: EtcdRecovery, _ place: RescuePlace, member: String) throws -> ObjectKey {
        let (prefix, folder): (KeyPrefix, String)
        switch place {
        case .store(let destination):
            let rescue = try KeyPrefix(destination.prefix ?? "").key("\(recovery.clusterName).rescue")
            (prefix, folder) = (try KeyPrefix(rescue.text), recovery.metadata.name ?? "")
        case .volume:
            (prefix, folder) = (try KeyPrefix(recovery.metadata.namespace ?? ""), recovery.metadata.uid ?? "")
        }
        return try SnapshotName.key(
            prefix: prefix, cluster: folder, backup: member, time: recovery.status?.approval?.time.date ?? Date())
    }

    /// Takes the snapshot of one member, checks its digest on the way and reads what the member has at its revision.
    func take(
        _ member: String, of recovery: EtcdRecovery, to place: RescuePlace
    ) async throws -> EtcdRecovery.RescueCopy {
        let namespace = recovery.metadata.namespace ?? ""
        if let server = place.server { try await RescueReachability(client: client).run(server) }
        let store = try open(place, for: recovery)
        let key = try Self.key(recovery, place, member: member)
        let cluster = try await ClusterLocator(client, namespace: namespace).locate(recovery.target)
        guard let located = cluster.members.first(where: { $0.pod == member }), located.trouble == nil,
            let endpoint = dial.endpoint(located)
        else {
            throw Failure(reason: .membersUnreachable, message: "\(member) does not run any more", mayPass: true)
        }
        let snapshot = MemberSnapshot(
            store: store, key: key, owner: "\(namespace)/\(recovery.clusterName)", logger: logger)
        let location =
            place.server == nil ? store.uri(key) : EtcdRecovery.RescueServer.location(ofKey: key.text)
        let token = tokens[ObjectName(namespace: namespace, name: recovery.clusterName)]
        do {
            return try await cluster.withEtcd(at: [endpoint], token: token, deadline: .seconds(10)) { etcd in
                let taken = try await take(
                    snapshot, of: member, from: endpoint, with: etcd, isOnVolume: place.server != nil)
                // Some may write and not read, and a member that was stopped has to be laid from this.
                _ = try await store.head(key)
                return EtcdRecovery.RescueCopy(member: member, location: location, taken)
            }
        } catch {
            throw Self.explained(error)
        }
    }

    /// Throws where the copy that members are to be laid from is not there as it was written down.
    func prove(_ member: String, of recovery: EtcdRecovery) async throws {
        guard let copy = recovery.status?.rescueCopies?.first(where: { $0.member == member }),
            let place = recovery.status?.place,
            let key = EtcdRecovery.RescueServer.key(ofLocation: copy.location) ?? SnapshotPlace(copy.location)?.key
        else {
            throw Failure(reason: .snapshotNotFound, message: "there is no rescue copy of \(member)", mayPass: false)
        }
        let object = try await open(place, for: recovery).head(try ObjectKey(key))
        guard copy.sha256 == nil || object.metadata?.sha256 == copy.sha256 else {
            throw Failure(
                reason: .snapshotChanged, message: "\(copy.location) is not the copy that was written down",
                mayPass: false)
        }
    }

    private func open(_ place: RescuePlace, for recovery: EtcdRecovery) throws -> ObjectStore {
        let limits = TransferLimits(sourceDuration: recovery.recoveryTimeout)
        let namespace = recovery.metadata.namespace ?? ""
        switch place {
        case .store(let destination):
            return try stores.open(
                destination, in: namespace, for: "EtcdRecovery \(namespace)/\(recovery.metadata.name ?? "")",
                limits: limits)
        case .volume:
            guard let volume else {
                throw Failure(
                    reason: .storeRefused, message: "this controller has no volume for rescue copies any more",
                    mayPass: false)
            }
            return volume.store(limits: limits)
        }
    }

    private func take(
        _ snapshot: MemberSnapshot, of member: String, from endpoint: EtcdEndpoint, with etcd: EtcdClient,
        isOnVolume: Bool
    ) async throws -> MemberSnapshot.Taken {
        if let earlier = try await snapshot.earlier() {
            var taken = MemberSnapshot.Taken(object: earlier, revision: earlier.metadata?.revision)
            if let revision = taken.revision {
                taken.measured = await SnapshotMeasurement(of: etcd, at: revision, logger)
            }
            return taken
        }
        await sweep(snapshot)
        let status = try await etcd.status()
        if isOnVolume { try volume?.checkRoom(for: status.databaseSize, of: member) }
        return try await snapshot.take(
            from: endpoint, of: etcd, named: member, status: status,
            within: snapshot.store.limits.sourceDuration ?? .seconds(600))
    }

    /// What a controller that died has left of its uploads: nobody else writes there.
    private func sweep(_ snapshot: MemberSnapshot) async {
        do {
            let folder = snapshot.key.text.lastIndex(of: "/").map { snapshot.key.text[..<$0] } ?? ""
            // However far the store's clock is from ours.
            _ = try await snapshot.store.sweep(KeyPrefix(String(folder)), olderThan: .seconds(-86_400))
        } catch {
            // Not every store lists uploads, nor does every role allow it.
            logger.debug("no sweep for dead uploads: \(error)")
        }
    }

    /// Takes a recovery's copies off the controller's volume, also those that nobody came to write down, but for `kept`.
    /// Returns why any is still there.
    func discard(_ recovery: EtcdRecovery, keeping kept: Set<String>) async -> [String] {
        guard let volume else { return ["this controller has no volume for rescue copies any more"] }
        // Without either, the folder would be that of others too.
        guard let namespace = recovery.metadata.namespace, let uid = recovery.metadata.uid, !namespace.isEmpty,
            !uid.isEmpty
        else { return [] }
        do {
            let folder = try KeyPrefix("\(namespace)/\(uid)")
            let store = volume.store()
            var keys = Set(try recovery.keysOnVolume.map { try ObjectKey($0) })
            for try await object in store.objects(below: folder) { keys.insert(object.key) }
            _ = try await store.sweep(folder, olderThan: .seconds(-86_400))
            return await volume.discard(keys.filter { !kept.contains($0.text) })
        } catch {
            return ["\(error)"]
        }
    }

    /// Without a majority nobody can log in, which no waiting mends.
    private static func explained(_ error: any Error) -> any Error {
        guard let error = error as? EtcdError, error.call == "Authenticate", error.kind.isUnavailability else {
            return error
        }
        return Failure(
            reason: .etcdAccessDenied,
            message: "authentication is on, and without a majority no login is possible (\(error))", mayPass: false)
    }
}

extension EtcdRecovery.RescueCopy {
    fileprivate init(member: String, location: String, _ taken: MemberSnapshot.Taken) {
        self.init(member: member, location: location)
        sizeBytes = taken.object.size
        sha256 = taken.object.metadata?.sha256
        revision = taken.revision
        etcdVersion = taken.object.metadata?.etcdVersion
        time = Timestamp(taken.object.metadata?.time ?? Date())
        keyspaceHash = taken.measured?.hash.map { Int64($0.hash) }
        compactRevision = taken.measured?.hash?.compactRevision?.rawValue
        totalKeys = taken.measured?.keys
    }
}
