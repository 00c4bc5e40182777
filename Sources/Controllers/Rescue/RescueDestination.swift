import EtcdRecoverModel
import KubernetesClient

/// Where rescue copies go: where the recovery says, else where the cluster's newest backup went, else onto the controller's
/// volume, where it has one.
struct RescueDestination: Sendable {
    let client: KubernetesClient
    let volume: EtcdRecovery.RescueServer?

    func find(for recovery: EtcdRecovery) async throws -> RescuePlace? {
        switch recovery.status?.place {
        case .store(let destination)?: return .store(destination)
        // Who has it now.
        case .volume?: return volume.map(RescuePlace.volume)
        case nil: break
        }
        if let destination = recovery.spec?.destination { return .store(destination.defaulted) }
        if let destination = try await ofNewestBackup(recovery) { return .store(destination.defaulted) }
        return volume.map(RescuePlace.volume)
    }

    private func ofNewestBackup(_ recovery: EtcdRecovery) async throws -> Destination? {
        let backups: [EtcdBackup]
        do {
            backups = try await client.list(in: .namespace(recovery.metadata.namespace ?? "")).items
        } catch let error as KubernetesError where error.isNotFound { return nil }
        return backups.filter { $0.spec?.clusterRef == recovery.clusterName && $0.status?.phase == .completed }
            .max { ($0.status?.completionTime?.rawValue ?? "") < ($1.status?.completionTime?.rawValue ?? "") }?
            .spec?.destination
    }
}
